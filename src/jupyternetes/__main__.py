"""``python -m jupyternetes`` is the command ``jupyternetes``."""

from jupyternetes.cli import main

if __name__ == "__main__":
    main()
