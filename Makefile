# Every command of this repository; `make help` lists them.
# Any target makes what it needs first: the Python environment here, programs and images in their caches.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The order of the prerequisites is the order in which they run: what fails fast comes first.
.NOTPARALLEL:

PYTHON := .venv/bin/python
ENVIRONMENT := .venv/.complete
# The oldest JupyterHub that we support, in an environment of its own.
JUPYTERHUB_5 := .venv/jupyterhub-5
CLUSTER := $(PYTHON) -m tools.cluster
SPHINX := $(PYTHON) -m sphinx --builder html --fail-on-warning --keep-going --quiet
# Without column marks in tracebacks: to place them, Python 3.11 parses source wherever an exception is printed, also in a
# finalizer while pytest parses, and then fails with "AST constructor recursion depth mismatch".
# The order of sets is chosen by chance, but the same in all processes of a run, so that these collect the same tests.
HASH_SEED := $(or $(PYTHONHASHSEED),$(if $(CI),0,$(shell shuf --input-range=0-4294967295 --head-count=1)))
PYTEST := PYTHONNODEBUGRANGES=1 PYTHONHASHSEED=$(HASH_SEED) $(PYTHON) -m pytest
CODE := src tools tests examples $(wildcard benchmarks)

# What tests start is built before pytest begins, which would hide its progress. What only a node needs is left out where
# there can be none; the end-to-end tests then say why.
PROGRAMS := etcd kube-apiserver kube-controller-manager kube-scheduler
ifeq ($(filter 1,$(SKIP_NODE))$(shell id -u),0)
PROGRAMS += kubelet kube-proxy coredns local-path-provisioner metrics-server
NODE_IMAGES := images
endif

##@ The two that matter

.PHONY: demo
demo: env  ## Run JupyterHub with our operators on a local Kubernetes; prints the address to open
	@$(PYTHON) -m tools.demo up

.PHONY: test
test: env jupyterhub-5 lint types contracts check-generated docs chart-lint programs prometheus cert-manager $(NODE_IMAGES)  ## Everything that CI runs
	@$(PYTEST) --numprocesses=2 --no-loadscope-reorder --durations=15 --durations-min=10 $(ARGS)

##@ Around the demo

.PHONY: demo-check
demo-check: env  ## The same, then go through the main job in a real browser
	@$(PYTHON) -m tools.demo check

.PHONY: demo-graph
demo-graph: env  ## A hub with PostgreSQL, OAuth provider and users, and its dependency graph as tree and pictures
	@$(PYTHON) -m tools.demo graph

.PHONY: demo-down
demo-down: env  ## Remove hubs, servers, volumes and operators; the cluster stays
	@$(PYTHON) -m tools.demo down

.PHONY: clean-cluster
clean-cluster: env  ## End the local cluster and remove everything of it
	@$(CLUSTER) down

##@ Tests

.PHONY: unit
unit: env jupyterhub-5 helm prometheus  ## Unit tests: no cluster, a few minutes
	@$(PYTEST) tests/unit $(ARGS)

.PHONY: contract
contract: env programs  ## What we rely on in Kubernetes, asked of a real API server and of the fake one
	@$(PYTEST) tests/contract $(ARGS)

.PHONY: integration
integration: env programs prometheus cert-manager  ## Tests against a real control plane (no root needed)
	@$(PYTEST) tests/integration $(ARGS)

.PHONY: e2e
e2e: env jupyterhub-5 programs $(NODE_IMAGES)  ## Tests against a real node, with a real browser (root)
	@$(PYTEST) tests/e2e $(ARGS)

.PHONY: test-long
test-long: env programs kwok $(NODE_IMAGES)  ## The tests that do not fit into `make test`
	@$(PYTEST) -m long $(ARGS)

.PHONY: bench
bench: env programs kwok  ## Measure ourselves beside KubeSpawner and the floor (two hours on a quiet machine)
	@$(PYTHON) -m benchmarks $(ARGS)

.PHONY: graph-faults
graph-faults: env  ## Make faults in what `make demo-graph` runs, and see whether the right cause is named (root)
	@$(PYTHON) -m tools.faults run --fault "$(FAULT)" $(if $(REPEATS),--repeats $(REPEATS))

.PHONY: simulate
simulate: env  ## Count what each rule of the runtime is worth; writes docs/reference/runtime-rules.md
	@$(PYTHON) -m tools.simulation

##@ Checks

.PHONY: lint
lint: env  ## Style and format of the code
	@$(PYTHON) -m ruff check --quiet $(CODE)
	@$(PYTHON) -m ruff format --quiet --check $(CODE)

.PHONY: types
types: env  ## Types, strict
	@$(PYTHON) -m pyright --warnings

.PHONY: contracts
contracts: env  ## Which package may import which
	@.venv/bin/lint-imports --no-logo

.PHONY: docs
docs: env  ## Build the documentation into build/docs; a warning is an error
	@$(SPHINX) docs build/docs

.PHONY: chart-lint
chart-lint: env helm  ## helm lint of the chart
	@"$$($(CLUSTER) program helm)" lint --strict --quiet charts/jupyternetes

.PHONY: check-generated
check-generated: env  ## Fail if a generated file is not what the code says
	@$(PYTHON) -m tools.chart generate --check
	@$(PYTHON) -m tools.conformance --check
	@$(PYTHON) -m tools.simulation --check
	@$(PYTHON) -m tools.faults table --check

##@ Making things

.PHONY: env
env: $(ENVIRONMENT)  ## The Python environment in .venv (every target makes it)
	@:

.PHONY: jupyterhub-5
jupyterhub-5: $(JUPYTERHUB_5)/.complete  ## The oldest JupyterHub that we support, for the tests that run on both
	@:

$(JUPYTERHUB_5)/.complete: requirements/jupyterhub-5.txt $(ENVIRONMENT)
	@.venv/bin/uv venv --quiet --clear --python $(PYTHON) $(JUPYTERHUB_5)
	@.venv/bin/uv pip sync --quiet --require-hashes --python $(JUPYTERHUB_5) requirements/jupyterhub-5.txt
	@.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(JUPYTERHUB_5) --editable .
	@touch $@

$(ENVIRONMENT): requirements/dev.txt pyproject.toml tools/bootstrap.sh
	@tools/bootstrap.sh
	@touch $@

.PHONY: format
format: env  ## Format the code and mend what ruff can mend
	@$(PYTHON) -m ruff check --quiet --fix $(CODE)
	@$(PYTHON) -m ruff format --quiet $(CODE)

.PHONY: generate
generate: env  ## Write every generated file anew
	@$(PYTHON) -m tools.chart generate
	@$(PYTHON) -m tools.conformance
	@$(PYTHON) -m tools.simulation --page
	@$(PYTHON) -m tools.faults table

.PHONY: schemas
schemas: env  ## Derive the copies of Kubernetes' schemas anew; fetches the sources of each release
	@$(PYTHON) -m tools.schemas

.PHONY: helm
helm: env  ## Find or build helm, which renders the chart
	@$(CLUSTER) program helm >/dev/null

.PHONY: prometheus
prometheus: env  ## Find or unpack Prometheus, which tries the alerts and the dashboard
	@$(CLUSTER) program prometheus >/dev/null

.PHONY: cert-manager
cert-manager: env  ## Find or build cert-manager, an operator of others that joins starts in tests
	@$(CLUSTER) program cert-manager >/dev/null

.PHONY: kwok
kwok: env  ## Find or build kwok, which plays nodes under load
	@$(CLUSTER) program kwok >/dev/null

.PHONY: programs
programs: env helm  ## Find or build the programs of the local cluster
	@for program in $(PROGRAMS); do $(CLUSTER) program $$program >/dev/null; done

.PHONY: images
images: env  ## Build the container images
	@$(PYTHON) -m tools.images build

.PHONY: lock
lock: env  ## Pin the newest versions that pyproject.toml and requirements/*.in allow
	@.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--group dev --all-extras pyproject.toml --output-file requirements/dev.txt
	@$(PYTHON) -m tools.images lock --upgrade

.PHONY: clean
clean: clean-cluster  ## Remove the cluster, the environment and all that was built; caches outside stay
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help
help:  ## This list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\nVariables\n'
	@printf '  %-31s %s\n' \
		'SKIP_NODE=1' 'tests: leave out what needs a node (root and cgroups)' \
		'USE_KUBECONFIG=1' 'demo: use the cluster of $$KUBECONFIG in place of the local one' \
		'IMAGE_PREFIX=..., IMAGE_TAG=...' 'demo: with USE_KUBECONFIG, where that cluster pulls the images' \
		'BASE_URL=/jh/' 'demo: serve the hub below this path' \
		'FAULT=dns-gone REPEATS=3' 'graph-faults: which, also "faults", "negatives", "a+b", and how many runs' \
		'ARGS="-k word"' 'tests: further arguments for pytest'
