"""Every position of a PodSpec and of a PersistentVolumeClaimSpec, from the OpenAPI documents of Kubernetes' releases."""
