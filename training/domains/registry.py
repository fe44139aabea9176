"""The eight domains of Prasad, Manor & Pereira (2022): where their images are, how many, and on what terms."""
from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """A file of an official data set.

    Attributes
    ----------
    name : str
        File name.
    url : str
        Official address.
    size : int or None
        Bytes; None where the source states it in megabytes only.
    checksum : str
        'sha256:…' or 'md5:…'.
    megabytes : int or None
        Size as stated, for files without an exact one.
    """
    name: str
    url: str
    size: int | None
    checksum: str
    megabytes: int | None = None

    @property
    def approximate_size(self) -> int:
        """Bytes, from megabytes where the exact size is not known."""
        return self.size if self.size is not None else self.megabytes * 1_000_000

    def has_size(self, size: int) -> bool:
        """Whether a file of so many bytes can be this one."""
        return size == self.size if self.size is not None else abs(size - self.approximate_size) <= 1_000_000


@dataclass(frozen=True)
class Domain:
    """A source of images: its files, number of images, terms, and what to beware of."""
    name: str
    layout: str
    title: str
    images: int
    files: tuple[RemoteFile, ...]
    licence: str
    homepage: str
    citation: str
    caveats: str = ''

    @property
    def terms(self) -> str:
        """What to know before it is fetched: title, size, licence and caveats, in sentences."""
        return f'{self.title}, {self.size / 1e6:,.0f} MB. Licence: {self.licence}. {self.caveats}'

    @property
    def size(self) -> int:
        """Bytes to download, approximate for CREMI."""
        return sum(file.approximate_size for file in self.files)


_VISDA = 'http://csr.bu.edu/ftp/visda/2019/multi-source'  # https is not served


def _domainnet(name: str, archive: str, images: int, files: list[tuple[int, str]], caveats: str = '') -> Domain:
    """`archive`: path of the zip below the site; `files`: bytes and SHA-256 of the zip, train and test list."""
    urls = [f'{_VISDA}/{archive}'] + [f'{_VISDA}/domainnet/txt/{name}_{split}.txt' for split in ('train', 'test')]
    return Domain(
        name, 'domainnet', f'DomainNet {name.capitalize()}', images,
        tuple(RemoteFile(url.rsplit('/', 1)[1], url, size, f'sha256:{digest}')
              for url, (size, digest) in zip(urls, files)),
        licence='non-commercial research only (fair-use notice of the site); no redistribution',
        homepage='http://ai.bu.edu/M3SDA',
        citation='Peng et al. (2019), Moment matching for multi-source domain adaptation, ICCV',
        caveats=' '.join(filter(None, ['Only the images on the lists are used; Prasad et al. counted the uncleaned '
                                       'archives.', caveats])))


_CLEANED = 'This is the cleaned archive (groundtruth/), without the duplicates of the first release.'

# Sizes and SHA-256 of DomainNet: checksums.tsv of TensorFlow Datasets' domainnet. MD5 of TinyImageNet: as commonly used
# by loaders. SHA-256 of CREMI: torch-em. Counts of DomainNet: lines of the lists.
DOMAINS: dict[str, Domain] = {domain.name: domain for domain in [
    Domain('imagenet', 'tiny_imagenet', 'TinyImageNet', 110_000,
           (RemoteFile('tiny-imagenet-200.zip', 'http://cs231n.stanford.edu/tiny-imagenet-200.zip', 248_100_043,
                       'md5:90528d7ca1a48142e341f4ef8d21d0de'),),
           licence="ImageNet's terms: non-commercial research only, no redistribution",
           homepage='http://cs231n.stanford.edu',
           citation='Le & Yang (2015), Tiny ImageNet visual recognition challenge',
           caveats='Its 10,000 test images have no labels and are left out.'),
    _domainnet('real', 'real.zip', 172_947, [
        (6_062_039_589, 'd7fe010b430c5b510f85d657d38c4a1924822695fabea4fef57bd00dba251d63'),
        (4_440_944, '19d483256d24aef19e581b65eda8333fd918aef3eb733fe499ff384120e3a289'),
        (1_911_327, '2b3f75bcde309aeb5931292084b2162e936b5f189e3bb1ad716f0f74c460864c')]),
    _domainnet('painting', 'groundtruth/painting.zip', 72_266, [
        (3_679_366_174, 'fa47e6d405503ea0286cabd767f176bd30e988b63ddd7b9db16cf030c9770015'),
        (2_241_901, 'f1da38d50a702fddf1329f85bc607d7a2abcae7e6aec75e1fd49cc1bd340d47b'),
        (971_888, '11472b13b5188e09f06918b12eebb660588c97a20e43e268d9b02e3e37eb8f97')],
        f'{_CLEANED} Class 327, t-shirt, is missing in the train list.'),
    _domainnet('clipart', 'groundtruth/clipart.zip', 48_129, [
        (1_270_909_081, 'f8f248a3e8bbc9868c523ae24e6601b4c2ad102afc60c0efeb4f3255df22354d'),
        (1_443_819, 'affdadf5f95a7583e6b98030a3d35007e2613ee4dd942393c5a705ec2b429312'),
        (628_917, '62c8e36aaba1c41ad9e249099739707220a44c08f167b37ef420f34a31628a6b')], _CLEANED),
    _domainnet('infograph', 'infograph.zip', 51_605, [
        (4_338_659_804, '891e14f476317e97b6f06d6498c11d0a5b8d0c8b57210765ed9beb072da611fa'),
        (1_683_098, '36b44cbd41a2915e0dc73b4f4be8862a6f3c220f93c8d63fb2439beeae3aefda'),
        (728_028, '413cfa54ac92e7e6b242f4f09fbd9c8ace85c4deaf3cb6c81ff6b68264460136')]),
    _domainnet('sketch', 'sketch.zip', 69_128, [
        (2_633_992_926, '23a7dbae7016b343e934399beaa8a68728fb5e570ebe2c71df9b75cf91c499fc'),
        (1_960_222, '72f4bc6afa5702a1ccba800d0053c1427de87439dfaf246dbc9a2e71abfec54f'),
        (850_581, '3fb48fca18c507c4321f007c3f62b308ec232ff6928cbfe2af64e76ec366e840')]),
    _domainnet('quickdraw', 'quickdraw.zip', 172_500, [
        (459_920_701, '9f37df2a8c3733703dbb35ad9964202a65f675ca30137756457537536b485d84'),
        (5_164_600, '3a5edd3bc215772010eebc87f158707703dd7e48091d13b816af81326a9d1c0f'),
        (2_213_400, '2a00a60650a453c65c356da748fec54084a197272137c440e7d52d08947357bf')]),
    Domain('cremi', 'cremi', 'CREMI', 37_500, tuple(
        RemoteFile(f'sample_{sample}_20160501.hdf', f'https://cremi.org/static/data/sample_{sample}_20160501.hdf', None,
                   f'sha256:{digest}', megabytes)
        for sample, megabytes, digest in [
            ('A', 167, '4c563d1b78acb2bcfb3ea958b6fe1533422f7f4a19f3e05b600bfa11430b510d'),
            ('B', 160, '887e85521e00deead18c94a21ad71f278d88a5214c7edeed943130a1f4bb48b8'),
            ('C', 165, '2874496f224d222ebc29d0e4753e8c458093e1d37bc53acd1b69b19ed1ae7052')]),
        licence='none stated by the site', homepage='https://cremi.org',
        citation='Funke, Saalfeld, Bock, Turaga & Perlman (2016), MICCAI challenge on circuit reconstruction from '
                 'electron microscopy images',
        caveats="The site's TLS certificate has expired at times; the files are then taken without it, and their "
                'checksums vouch for them. Prasad et al. used 27,750 tiles without saying which: --count 27750 draws '
                'as many of the 37,500.'),
]}
