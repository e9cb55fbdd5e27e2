"""Which package manager owns a path of the container layer, and the line that installs the same again."""
