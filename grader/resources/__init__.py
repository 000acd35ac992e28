"""Files that travel inside the package; NOTICE.md says where they come from."""
