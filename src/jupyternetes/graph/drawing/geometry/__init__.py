"""Where the shapes of a picture stand and how the arrows run between them, in pixels."""
