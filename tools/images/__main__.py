"""`python -m tools.images`."""

from tools.images.cli import main

if __name__ == "__main__":
    main()
