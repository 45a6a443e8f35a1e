"""The other-resources operator: makes the objects of `spec.otherResources`, and says when they are ready."""
