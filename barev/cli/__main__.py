"""`python -m barev.cli` is the same as `barev`."""

from barev.cli.main import main

if __name__ == "__main__":
    main()
