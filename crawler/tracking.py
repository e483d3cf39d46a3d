"""Query parameters that say where a reader came from, and never which page is meant."""

from __future__ import annotations

import re

# Parameters that say where a reader came from and never which page is meant. Sources: the parameters
# that browsers strip in their strict privacy modes, and the campaign parameters of analytics vendors.
TRACKING = frozenset(
    [
        "__hsfp",
        "__hssc",
        "__hstc",
        "__twitter_impression",
        "_branch_match_id",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "_kx",
        "_openstat",
        "_rsc",
        "amp_js_v",
        "at_bbc_team",
        "at_campaign",
        "at_campaign_type",
        "at_channel",
        "at_creation",
        "at_custom1",
        "at_custom2",
        "at_custom3",
        "at_custom4",
        "at_format",
        "at_link_id",
        "at_link_origin",
        "at_link_type",
        "at_medium",
        "at_network",
        "at_platform",
        "at_ptr_name",
        "at_variant",
        "bxid",
        "cachebuster",
        "campaign_id",
        "cmpid",
        "cx_artpos",
        "cx_testid",
        "cx_testvariant",
        "dclid",
        "dicbo",
        "dm_i",
        "ef_id",
        "elqtrack",
        "elqtrackid",
        "epik",
        "fb_action_ids",
        "fb_action_types",
        "fb_comment_id",
        "fb_ref",
        "fb_source",
        "fbclid",
        "ftag",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "gift",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "hsctatracking",
        "hss_channel",
        "icid",
        "ico",
        "igsh",
        "igshid",
        "int_cmp",
        "intcid",
        "intcmp",
        "itm_campaign",
        "itm_medium",
        "itm_source",
        "ito",
        "leadsource",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "ml_subscriber",
        "ml_subscriber_hash",
        "msclkid",
        "ncid",
        "nlid",
        "nocache",
        "ns_campaign",
        "ns_fee",
        "ns_linkname",
        "ns_mchannel",
        "ns_source",
        "ob_click_id",
        "obclid",
        "oborigurl",
        "ocid",
        "oly_anon_id",
        "oly_enc_id",
        "pk_campaign",
        "pk_kwd",
        "rb_clickid",
        "ref_src",
        "ref_url",
        "referer",
        "referrer",
        "reflink",
        "regi_id",
        "s_campaign",
        "s_cid",
        "s_kwcid",
        "sfmc_id",
        "share_id",
        "sharetype",
        "shem",
        "smid",
        "smtyp",
        "soc_src",
        "soc_trk",
        "spm",
        "sr_share",
        "sref",
        "srsltid",
        "taid",
        "tbclid",
        "tblci",
        "traffic_source",
        "trk_contact",
        "trk_module",
        "trk_msg",
        "trk_sid",
        "ttclid",
        "twclid",
        "unlocked_article_code",
        "usqp",
        "vero_conv",
        "vero_id",
        "wbraid",
        "wickedid",
        "wpmp_switcher",
        "wprov",
        "wt.mc_ev",
        "wt.mc_id",
        "wt_mc",
        "wt_zmc",
        "xtatc",
        "xtcr",
        "xtmc",
        "xtnp",
        "xtor",
        "xtref",
        "yclid",
        "yptr",
        "ysclid",
        "zanpid",
    ]
)
TRACKING_PREFIXES = ("utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "gaa_", "__cf_chl_")
_IN_CAPITALS = "CMP"  # in small letters it names a component, which selects content
_WAYS_HERE = frozenset({"cmp", "partner", "emc", "mbid", "mod", "rss"})
"""Names that select content at some sites, and tell at others by which way somebody came …"""
_WAYS = re.compile(
    r"rss\w{0,10}|synd_\w{1,10}|feeds?|atom|(?:e?mail|newsletter|push|homepage|sharing?|social|twitter|facebook|whatsapp|telegram|google"
    r"|app|ios|android|amp)(?:[-_]\w{1,20})?"
)
"""… where this is their value."""
_SESSION_VALUE = re.compile(r"[0-9a-f]{16,}")
_MILLISECONDS = re.compile(r"1\d{9,12}")
_SHARED_FROM = re.compile(r"\d\d")


def is_tracking(parameter: str, value: str = "") -> bool:
    """Whether a query parameter says only where the reader came from, or who that is.

    Also behind a second question mark, and where an ampersand was escaped twice: ``amp;utm_medium``.
    """
    written = parameter.lstrip("?").removeprefix("amp;")
    name, value = written.lower(), value.lower()
    if written == _IN_CAPITALS or name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    if name == "_":  # how scripts ask past a cache
        return _MILLISECONDS.fullmatch(value) is not None
    if name in ("sessionid", "session_id", "sid"):
        return _SESSION_VALUE.fullmatch(value) is not None
    return name in _WAYS_HERE and (_WAYS.fullmatch(value) is not None or (name == "rss" and value in ("", "1", "true")))


def is_left_by_sharing(parameter: str, value: str) -> bool:
    """Whether a parameter is what one network adds beside others of its own; alone it may search or select."""
    return parameter == "s" and _SHARED_FROM.fullmatch(value) is not None
