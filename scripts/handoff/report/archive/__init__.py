"""Many runs in one folder, with pages that need no server."""
