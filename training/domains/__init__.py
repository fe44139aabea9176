"""Images to train on: the eight domains of the study, and any folder of images."""
from training.domains.fetch import fetch
from training.domains.opening import open_source
from training.domains.prepare import prepare
from training.domains.prepared import PreparedDomain, open_domain, prepared_domains
from training.domains.registry import DOMAINS
from training.domains.source import ImageSource

__all__ = ['DOMAINS', 'ImageSource', 'PreparedDomain', 'fetch', 'open_domain', 'open_source', 'prepare',
           'prepared_domains']
