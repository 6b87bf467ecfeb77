#!/bin/sh
# Create the virtual environment FOLDER, unless a working one is there: create_venv.sh FOLDER [PYTHON]
# Without PYTHON it takes the first interpreter found that TensorFlow has packages for (3.11 to 3.13), else any newer one.
set -eu

folder=$1
wanted=${2:-}

if [ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import pip' 2>/dev/null; then
    exit 0
fi

# is_between PYTHON OLDEST TOO_NEW: whether it runs, and its version 3.x is in OLDEST <= x < TOO_NEW
is_between() {
    "$1" -c "import sys; sys.exit(not ((3, $2) <= sys.version_info[:2] < (3, $3)))" >/dev/null 2>&1
}

if [ -n "$wanted" ]; then
    if ! is_between "$wanted" 11 1000; then
        echo "PYTHON=$wanted is not a Python 3.11 or newer; give the path of one, or leave PYTHON out." >&2
        exit 1
    fi
    python=$wanted
else
    python=
    for too_new in 14 1000; do
        for candidate in python3 python python3.13 python3.12 python3.11; do
            if [ -z "$python" ] && is_between "$candidate" 11 "$too_new"; then
                python=$candidate
            fi
        done
    done
    if [ -z "$python" ]; then
        echo "No Python 3.11 or newer was found; install one (Debian, Ubuntu: apt-get install python3 python3-venv)" \
            "or say where it is: make PYTHON=/path/to/python3" >&2
        exit 1
    fi
fi

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$python cannot make virtual environments; install what is missing" \
        "(Debian, Ubuntu: apt-get install python$version-venv) and try again." >&2
    exit 1
fi
if ! is_between "$python" 11 14; then
    echo "Note: TensorFlow may have no package for $("$python" --version) yet; if the next step says so," \
        "use Python 3.13: make PYTHON=python3.13" >&2
fi

echo "Making $folder with $("$python" --version)"
"$python" -m venv --clear "$folder"
