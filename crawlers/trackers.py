"""Query parameters that follow a reader around and never choose the page: an exact list.

A name is listed only where its maker documents it as campaign, click, mail or share tracking.
Short names that sites also use to choose a page (`id`, `ref`, `src`, `cid`, `page`) are not here.
Compared in lower case.
"""

from __future__ import annotations

# Suffixes after a semicolon in the last path segment that hold a session, never content.
SESSION_SUFFIXES = frozenset({"jsessionid"})

_ANALYTICS = """
    utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_name utm_cid utm_reader
    utm_referrer utm_social utm_social-type utm_brand utm_pubreferrer utm_swu utm_viz_id utm_place
    utm_userid utm_channel utm_source_platform utm_creative_format utm_marketing_tactic
    utm_int utm_hp_ref utm_placement utm_kxconfid utm_keyword utm_newsletterid utm_mailing
    utm_serial utm_sourcepage utm_type utm_email utm_user utm_key utm_partner utm_sq
    ga_source ga_medium ga_term ga_content ga_campaign ga_place _ga _gl
"""  # Urchin and Google Analytics

_CLICKS = """
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid fbclid fb_action_ids
    fb_action_types fb_source fb_ref action_object_map action_type_map action_ref_map msclkid
    yclid ysclid ymclid _openstat twclid ttclid li_fat_id igshid igsh epik rdt_cid sccid
    s_kwcid ef_id wickedid rb_clickid irclickid irgwc tblci obclid obOrigUrl __twitter_impression
    _branch_match_id _branch_referrer soc_src soc_trk guccounter guce_referrer guce_referrer_sig
"""  # clicks on advertisements and posts

_MARKETING = """
    mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking hsa_acc hsa_cam hsa_grp
    hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_net hsa_ver vero_id vero_conv oly_anon_id oly_enc_id
    ml_subscriber ml_subscriber_hash ss_email_id bxid dm_i elqtrack elqtrackid _ke
    mtm_source mtm_medium mtm_campaign mtm_keyword mtm_kwd mtm_content mtm_cid mtm_group
    mtm_placement pk_source pk_medium pk_campaign pk_keyword pk_kwd pk_content pk_cid
    piwik_campaign piwik_kwd matomo_campaign wt_mc wt_zmc wt.mc_id wt.mc_ev wt.tsrc
    at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4
    at_format at_link_id at_link_origin at_link_type at_ptr_name at_bbc_team at_creation
    at_variant at_network at_term at_emailtype at_send_date at_recipient_id xtor xtref
    ns_source ns_mchannel ns_campaign ns_linkname ns_fee cmpid ocid smid smtyp ito ncid
    hmb_campaign hmb_medium hmb_source sc_cmp sc_campaign sc_channel sc_content sc_medium
    sc_outcome sc_geo sc_country nr_email_referer phpsessid
"""  # mail, marketing and measuring systems

TRACKERS = frozenset(" ".join((_ANALYTICS, _CLICKS, _MARKETING)).lower().split())
