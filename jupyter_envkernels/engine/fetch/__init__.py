"""Channels and packages over the network, and the package cache.

``client`` applies conda's configuration of the network, ``credentials`` the logins; ``package_cache`` holds what
``resumable_downloads`` brings, within ``unpacking``'s bounds; ``error_mapping`` puts failures into a person's words.
"""
