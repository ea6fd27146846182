# The packages that `cpack -G DEB` makes in the build folder: lesion (program, man pages, demo),
# liblesionN (the shared library; N as in its soname) and liblesion-dev (headers, the shared and the
# static library for linking, lesion.pc). scripts/package makes and checks them.
if(CMAKE_VERSION VERSION_LESS 3.19)
  message(STATUS "No packages: CMake from 3.19 on finishes what is in them")
  return()
endif()

set(LESION_MAINTAINER "the lesion authors <lesion@localhost>" CACHE STRING
    "Who answers for the packages, as Debian writes it: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${LESION_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # else this would be the first line of each description below
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
# Permissions do not depend on the umask of the user who builds.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(debian_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME lesion)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "${PROJECT_DESCRIPTION}
Which convolution kernels carry an image classifier's accuracy, and at which
contrast? The program shows every image to a pretrained network at several
contrasts, removes one kernel at a time, and tabulates what is lost.

lesion-demo runs it on a small network and images that are in this package.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME liblesion${soversion})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "${PROJECT_DESCRIPTION}: library
The shared library that does the work of the program lesion.")

# pkg-config wants every library that lesion.pc names, also those for static linking only.
set(development_depends libopenblas-dev libsleef-dev libpng-dev "libjpeg62-turbo-dev | libjpeg-dev"
    libcjson-dev libprotobuf-c-dev libnlopt-dev libssl-dev)
if(image_requires MATCHES webp)
  list(APPEND development_depends libwebp-dev)
endif()
if(image_requires MATCHES tiff)
  list(APPEND development_depends libtiff-dev)
endif()
list(JOIN development_depends ", " development_depends)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liblesion-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "liblesion${soversion} (= ${debian_version}), libc6-dev, ${development_depends}")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${PROJECT_DESCRIPTION}: to build with
Headers and libraries for programs that call what the program lesion does.")

set(package_sources ${CMAKE_CURRENT_SOURCE_DIR})
string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(scripts/packaging/finish.cmake.in finish.cmake @ONLY)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_BINARY_DIR}/finish.cmake)
include(CPack)
