"""The kinds of Jupyternetes as operators, spawner and command line see them: structs, labels, reasons, rights, CRDs.

Nothing here does I/O, so anything may import it.
"""
