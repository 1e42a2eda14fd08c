"""Log-in of the site: slowed when it fails, with a second factor, at one address (`docs/decisions/0019-log-in.md`)."""
