"""Sample micrographs: described in ``registry.txt``, fetched by hash, kept in a cache.

Two environment variables are read at every call:

``LATTICE_WIDGETS_DATA_DIR``
    The folder of the cache, as it is (default: the system's cache folder / lattice-widgets / version).
``LATTICE_WIDGETS_DATA_URL``
    A mirror, http or https, that is tried before the public addresses; a picture is expected at address/file name.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lattice_widgets import __version__
from lattice_widgets.files import read_micrograph, set_pixel_size
from lattice_widgets.samples.registry import BUNDLED, Sample, SampleError, read_registry

if TYPE_CHECKING:
    import xarray as xr

DATA_DIR_VARIABLE = "LATTICE_WIDGETS_DATA_DIR"
DATA_URL_VARIABLE = "LATTICE_WIDGETS_DATA_URL"

_PACKAGE = Path(__file__).parents[1]
_RETRIES = 3


class UnknownSampleError(SampleError):
    """No sample has that name. Its message lists those that there are."""


def list_samples() -> list[Sample]:
    """All samples, bundled ones first, in the order of the registry.

    Returns
    -------
    samples : list of Sample
        ``pandas.DataFrame(list_samples())`` makes a table of it.

    Examples
    --------
    >>> [sample.lattice_as_measured for sample in list_samples() if sample.name == "graphene_stm"]
    ['oblique']
    """
    return _default_collection().list()


def fetch_sample(name: str) -> Path:
    """Path of a sample's file in the cache; fetched first where it is not there yet.

    Parameters
    ----------
    name : str
        A sample's name or file name, e.g. "graphene_stm" or "graphene_stm.tif".

    Returns
    -------
    path : pathlib.Path
        The file, its hash checked.

    Raises
    ------
    UnknownSampleError
        For a name that the registry does not have.
    SampleError
        Where the file can be had from nowhere: no network, another file than expected, no room.

    Warns
    -----
    UserWarning
        Where the mirror did not deliver and the public address was asked instead.
    """
    return _default_collection().fetch(name)


def load_sample(name: str) -> xr.DataArray:
    """Read a sample micrograph, fetched first where it is not in the cache yet.

    Parameters
    ----------
    name : str
        A sample's name or file name.

    Returns
    -------
    image : xarray.DataArray
        As from :func:`lattice_widgets.files.read_micrograph`: ("row", "col") or ("frame", "row", "col"), the file's
        dtype, coordinates in nm where the file or the registry knows the pixel size. ``attrs`` also has the registry's
        title, source, licence, lattice_of_crystal and lattice_as_measured, and its note among the notes.

    Raises
    ------
    SampleError
        As :func:`fetch_sample`.
    MicrographFileError
        Where the extra ``formats`` that the file needs is not installed.
    """
    return _default_collection().load(name)


def cache_folder() -> Path:
    """Folder in which fetched samples are kept; it may not exist yet."""
    chosen = os.environ.get(DATA_DIR_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    try:
        import pooch
    except ImportError:  # in a browser, where pooch cannot be had, nothing outlives the page
        return Path.home() / ".cache" / "lattice-widgets" / __version__
    return Path(pooch.os_cache("lattice-widgets")) / __version__


class SampleCollection:
    """The samples of one registry file.

    Parameters
    ----------
    registry : pathlib.Path
        In the format that ``registry.txt`` explains.
    package : pathlib.Path
        Folder that the paths of bundled entries start from.

    Raises
    ------
    ValueError
        For a registry that does not describe an entry in full.
    """

    def __init__(self, registry: Path, package: Path = _PACKAGE) -> None:
        self._package = package
        self._samples = read_registry(registry)

    def list(self) -> list[Sample]:
        """All samples, bundled ones first."""
        return sorted(self._samples, key=lambda sample: not sample.bundled)

    def find(self, name: str) -> Sample:
        """Sample of that name or file name, upper or lower case; :class:`UnknownSampleError` where there is none."""
        wanted = name.strip().lower()
        for sample in self._samples:
            if wanted in (sample.name.lower(), sample.file_name.lower()):
                return sample
        names = [sample.name for sample in self.list()]
        close = difflib.get_close_matches(wanted.rpartition(".")[0] or wanted, names, n=1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        raise UnknownSampleError(f"there is no sample {name!r}.{meant} There are: {', '.join(names)}.")

    def fetch(self, name: str) -> Path:
        """Path of the sample's file in the cache; see :func:`fetch_sample`."""
        sample = self.find(name)
        if sample.bundled:
            return self._copy_bundled(sample)
        if sys.platform == "emscripten":
            raise SampleError(
                f"{sample.file_name} does not come with this page. Download it from {sample.url} and open the file here."
            )
        addresses = _addresses(sample)
        reasons = []
        for url in addresses:
            try:
                return _through_pooch(sample, url)
            except SampleError as error:
                reasons.append(str(error))
                if len(addresses) > 1 and url == addresses[0]:
                    warnings.warn(
                        f"the mirror ({DATA_URL_VARIABLE}) did not deliver {sample.file_name}: {error}. "
                        "Asking its public address instead.",
                        stacklevel=3,
                    )
        raise SampleError(
            f"{sample.file_name} cannot be fetched: {'; '.join(reasons)}. Check the network, name a mirror in "
            f"{DATA_URL_VARIABLE}, or put the file yourself into {cache_folder()} (public address: {sample.url})."
        )

    def load(self, name: str) -> xr.DataArray:
        """Micrograph of the sample; see :func:`load_sample`."""
        sample = self.find(name)
        image = read_micrograph(self.fetch(name))
        if "pixel_size_row" not in image.attrs and sample.pixel_size is not None:
            image = set_pixel_size(image, sample.pixel_size, "sample")
        for key in ("title", "source", "licence", "lattice_of_crystal", "lattice_as_measured"):
            image.attrs[key] = getattr(sample, key)
        image.attrs["notes"] = "; ".join(filter(None, [image.attrs["notes"], sample.note]))
        return image

    def _copy_bundled(self, sample: Sample) -> Path:
        """Copy a sample from the package into the cache, unless it is there; without pooch, which wants requests for it."""
        source, folder = self._package / sample.url.removeprefix(BUNDLED), cache_folder()
        copy = folder / sample.file_name
        try:
            content = source.read_bytes()
        except FileNotFoundError:
            words = (
                f"the bundled file {source.name} is missing from the installed package. Install lattice-widgets again."
            )
            raise SampleError(words) from None
        if hashlib.sha256(content).hexdigest() != sample.sha256:
            words = f"the bundled file {source.name} is another than the known one (its sha256 differs)"
            raise SampleError(f"{words}. Install lattice-widgets again.")
        try:
            if not copy.exists() or copy.read_bytes() != content:
                folder.mkdir(parents=True, exist_ok=True)
                descriptor, part = tempfile.mkstemp(dir=folder, suffix=".part")
                with open(descriptor, "wb") as file:
                    file.write(content)
                os.replace(part, copy)  # whole, whoever else copies it at the same time
        except OSError as error:
            raise SampleError(f"{_cannot_be_written(folder, error)}.") from error
        return copy


def _through_pooch(sample: Sample, url: str) -> Path:
    """Fetch a sample from one address into the cache; every failure becomes a SampleError without a full stop."""
    try:
        import pooch
        from requests.exceptions import ConnectionError, HTTPError, RequestException

        from lattice_widgets.samples.download import HTTPDownloader, host_of, remove_left_over, status_of, unreachable
    except ImportError:
        raise SampleError("the packages pooch and requests, which download, cannot be had here") from None
    # every try and failure as a line of its own would stand in a red box in a notebook; what matters is in the exception
    pooch.get_logger().setLevel("ERROR")

    folder = cache_folder()
    remove_left_over(folder)
    registry = pooch.create(
        path=folder,
        base_url="",
        registry={sample.file_name: f"sha256:{sample.sha256}"},
        urls={sample.file_name: url},
        retry_if_failed=_RETRIES,
    )
    where = host_of(url)
    try:
        return Path(registry.fetch(sample.file_name, downloader=HTTPDownloader()))
    except SampleError:
        raise
    except HTTPError as error:
        raise SampleError(f"{where} answers with an error (HTTP {status_of(error)})") from error
    except ConnectionError as error:
        raise SampleError(unreachable(where)) from error
    except RequestException as error:
        raise SampleError(f"the download from {where} broke off ({type(error).__name__})") from error
    except ValueError as error:  # pooch says so of a hash that does not match, and keeps nothing
        raise SampleError(
            f"{where} sent another file than the known one (its sha256 differs), which was thrown away"
        ) from error
    except OSError as error:
        raise SampleError(_cannot_be_written(folder, error)) from error


def _cannot_be_written(folder: Path, error: OSError) -> str:
    return f"the folder {folder} cannot be written ({error.strerror or error}); {DATA_DIR_VARIABLE} names another"


def _addresses(sample: Sample) -> list[str]:
    mirror = os.environ.get(DATA_URL_VARIABLE, "").strip()
    return [*([f"{mirror.rstrip('/')}/{quote(sample.file_name)}"] if mirror else []), sample.url]


def _default_collection() -> SampleCollection:
    return SampleCollection(Path(__file__).parent / "registry.txt")
