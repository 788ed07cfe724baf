"""Pages of desk and owner: one base template, one look, gettext catalogues that are read at start."""
