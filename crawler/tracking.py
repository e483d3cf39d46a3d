"""Query parameters that say where a reader came from, and never which page is meant."""

from __future__ import annotations

# Parameters that say where a reader came from and never which page is meant. Sources: the parameters
# that browsers strip in their strict privacy modes, and the campaign parameters of analytics vendors.
TRACKING = frozenset(
    [
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "__hsfp",
        "__hssc",
        "__hstc",
        "at_campaign",
        "at_medium",
        "bxid",
        "campaign_id",
        "cmpid",
        "cx_testid",
        "cx_testvariant",
        "cx_artpos",
        "dclid",
        "ef_id",
        "epik",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fbclid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "ico",
        "igsh",
        "igshid",
        "intcid",
        "itm_campaign",
        "itm_medium",
        "itm_source",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "msclkid",
        "oly_anon_id",
        "oly_enc_id",
        "pk_campaign",
        "pk_kwd",
        "ref_src",
        "ref_url",
        "s_cid",
        "s_kwcid",
        "smid",
        "smtyp",
        "spm",
        "srsltid",
        "tblci",
        "ttclid",
        "twclid",
        "vero_conv",
        "vero_id",
        "wbraid",
        "wickedid",
        "wt_mc",
        "wt_zmc",
        "yclid",
        "ysclid",
        "xtor",
    ]
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "hsa_")


def is_tracking(parameter: str) -> bool:
    """Whether a query parameter says only where the reader came from."""
    name = parameter.lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)
