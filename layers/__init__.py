"""What `sam build` runs, and the checks of what it made. Standard library only.

==================  ======================================================================
``Makefile``        the two targets SAM calls; ``arm64/`` and ``x86_64/`` set ARCHITECTURE
``build_function``  copies the ``rotation`` package, and nothing else
``build_layer``     installs the pinned wheels, then ``trim``, ``bytecode``, ``artifacts``
``trim``            the list of what is left out of the layer, each with its reason
``bytecode``        compiles for the runtime's Python where one is at hand
``artifacts``       sizes, ELF headers, and times and modes that don't vary between builds
``check_package``   `make package`: the table of sizes, and the limits
``check_imports``   `make package`: the built function and layer import each other
``translate``       `make validate`: the template as CloudFormation receives it
==================  ======================================================================
"""
