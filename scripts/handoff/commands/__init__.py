"""What the scripts do once their options are read, one module for each. Everything that needs packages is imported from
here on, so that --help and misuse are answered on a machine that has none."""
