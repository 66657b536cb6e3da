"""What `sam build` runs, and the checks of what it made.

The build itself needs the standard library only. The checks run in the environment of
requirements/sam.txt.

==================  ======================================================================
``Makefile``        the two targets SAM calls; ``arm64/`` and ``x86_64/`` set ARCHITECTURE
``build_function``  copies the ``rotation`` package, and nothing else
``build_layer``     installs the pinned wheels, then ``trim``, ``strip``, ``bytecode``
``trim``            the list of what is left out of the layer, each with its reason
``botocore_data``   cuts botocore's endpoints and models
``strip``           takes symbols and debug information out of the native libraries
``bytecode``        compiles for the runtime's Python where one is at hand
``artifacts``       sizes, ELF headers, and times and modes that don't vary between builds
``built``           the functions and layers of a build, read from its own template
``check_package``   `make package`: the table of sizes, the limits, the processor
``check_imports``   `make package`: the built functions and layer import each other
``reproducible``    `make reproducible`: a second build elsewhere has the same bytes
``translate``       `make validate`: the template as CloudFormation receives it
==================  ======================================================================
"""
