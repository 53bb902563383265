"""Whose a request is."""

import ipaddress

import gradio as gr
from starlette.requests import HTTPConnection

NETWORK = 64  # bits of an IPv6 address that name a household; the rest it may choose as it likes


def visitor(request: gr.Request | HTTPConnection) -> str:
    """The address that a request came from, of IPv6 its network: what cannot be chosen anew for each request.

    Behind a proxy it is what the proxy says in X-Forwarded-For, if the proxy is on this machine or is named in
    FORWARDED_ALLOW_IPS, which uvicorn reads; from anyone else that header means nothing.
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, NETWORK), strict=False))
