# The commands of a developer. Each sets up all that it needs, in this folder: .venv, labextension/node_modules, .make.
# They need Python 3.10 or newer, make, and the registries of PyPI and npm.

# The first Python that is new enough. To use another: make PYTHON=/path/to/python lab
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$python && break; done)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONHOME PYTHONPATH

FRONTEND := $(shell find labextension/src labextension/style labextension/schema -type f) \
	labextension/tsconfig.json labextension/tsconfig.build.json

# A stamp in .make counts for nothing once what it stands for is gone.
$(if $(wildcard .venv/bin/python),,$(shell rm -rf .make))
$(if $(wildcard labextension/node_modules/.bin/tsc),,$(shell rm -f .make/node-lab))
$(if $(wildcard labextension/node_modules/eslint),,$(shell rm -f .make/node-test))
$(if $(wildcard jupyter_envkernels/labextension/package.json),,$(shell rm -f .make/labextension))

# What is set up for tests is so for lab too, which is looked at after it: in turn, whatever -j says.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help lab test soak lint build gallery docs-images docs-settings schemas clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/make \1	\2/p' Makefile | expand -t 20

lab: .make/labextension  ## open JupyterLab with the panel and two example specs; LAB_ARGS="--no-browser --port 8899"
	@python -m tools.lab $(LAB_ARGS)

test: .make/python-test .make/node-test .make/labextension  ## everything: lint, types, import contract, Python, TypeScript and browser tests
	@python -m tools.chromium || true
	@python -m tools.checks test

soak: .make/python-test .make/node-test .make/labextension  ## the long campaigns: tests marked soak
	@python -m tools.chromium || true
	@python -m tools.checks soak

lint: .make/python-test .make/node-test  ## the static checks alone
	@python -m tools.checks lint

build: .make/python-test .make/labextension  ## wheel and source distribution, into dist/
	python -m build

docs-images: .make/python-test .make/node-test .make/labextension  ## make the pictures in docs/images again
	@python -m tools.chromium
	@python -m tools.screenshots

gallery: .make/python-test .make/node-test .make/labextension  ## make a page with pictures of the panel's states: gallery/index.html
	@python -m tools.chromium
	@python -m tools.gallery

docs-settings: .make/python-lab  ## write docs/settings.md again, from the help texts of the settings
	@python -m tools.settings_page

schemas: .make/python-test .make/node-test  ## write the schemas of REST, events and panel again, from the classes of documents and requests
	@python -m tools.schemas
	cd labextension && jlpm schemas

clean:  ## remove all that these commands made, but .lab
	rm -rf .make .venv dist labextension/node_modules labextension/checks/node_modules labextension/lib labextension/.yarn
	rm -rf jupyter_envkernels/labextension jupyter_envkernels/_version.py .mypy_cache .ruff_cache .pytest_cache
	rm -rf .import_linter_cache labextension/.eslintcache labextension/.stylelintcache labextension/*.tsbuildinfo

PYTHON_SOURCES := pyproject.toml tools/setup_python.py
NODE_SOURCES := labextension/package.json labextension/checks/package.json labextension/yarn.lock labextension/.yarnrc.yml

.make/python-lab: $(PYTHON_SOURCES)
	$(call set_up_python,lab)
	@touch $@

.make/python-test: $(PYTHON_SOURCES)
	$(call set_up_python,test)
	@touch $@ .make/python-lab

define set_up_python
	@$(if $(PYTHON),,echo "No Python 3.10 or newer is on PATH: install one, or name it: make PYTHON=/path/to/python" >&2; exit 1)
	@"$(PYTHON)" tools/setup_python.py $(1)
	@mkdir -p .make
endef

.make/node-lab: $(NODE_SOURCES) | .make/python-lab
	@python -m tools.setup_node
	@echo "Installing what the panel is built with into labextension/node_modules: about half a minute, once"
	cd labextension && jlpm workspaces focus jupyter-envkernels
	@touch $@

.make/node-test: $(NODE_SOURCES) | .make/python-test
	@python -m tools.setup_node
	@echo "Installing what the panel is tested with into labextension/node_modules: about a minute, once"
	cd labextension && jlpm install --immutable
	@touch $@ .make/node-lab

.make/labextension: .make/python-lab .make/node-lab $(FRONTEND)
	@echo "Building the panel: about half a minute, again when its sources change"
	cd labextension && jlpm build:prod
	jupyter-builder develop . --overwrite
	@touch $@
