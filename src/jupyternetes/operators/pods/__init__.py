"""The Pod operator: makes and ends the pods of Instances, and says whether a Template is accepted.

It deletes start Secrets and can read none.
"""
