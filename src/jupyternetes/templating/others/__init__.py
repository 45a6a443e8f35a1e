"""What only entries of `spec.otherResources` say: of which kind, when the object is ready, what others read of it."""
