"""The Pod operator: makes and ends the pods of Instances, and says in a Template's status what is wrong with it.

It deletes start Secrets and can read none.
"""
