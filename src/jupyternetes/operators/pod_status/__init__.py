"""The Pod status operator: says in the Instance's status how its pods fare. It creates nothing but Events."""
