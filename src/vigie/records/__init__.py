"""Where the bodies of records live and Plans are run."""
