"""The pictures of README.md, taken anew: `make pictures`."""
