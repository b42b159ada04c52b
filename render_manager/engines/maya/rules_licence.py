"""Rules for lines about licences, of Maya and of each renderer.

Wordings: `engines/maya.md` section 4. Arnold and Redshift end with exit code 0 after these, without a picture
(section 5), so the line itself has to count.
"""

import re

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity
from render_manager.engines.rule import N_, Rule, hopeless

CODE = "no-licence"
_MAYA = N_("Sign in to Autodesk, or check that the licence server of ADSKFLEX_LICENSE_FILE can be reached.")
_ARNOLD = N_("Check Arnold's licence with its licence manager, and that its licence server can be reached.")
_REDSHIFT = N_("Sign in to the Maxon App, or check that the licence server can be reached and has one free.")
_VRAY = N_("Check in the V-Ray licence server that it runs, can be reached and has a free render licence.")
_RENDERMAN = N_("Check RenderMan's licence with its licence application, or PIXAR_LICENSE_FILE.")
_ANY = N_("Check that the licence server runs, can be reached and has a licence free.")

LICENCE_RULES = (
    hopeless(
        CODE,
        "aborting render because",
        N_("Arnold has no licence, and is set to stop rather than to draw watermarks."),
        _ARNOLD,
        pattern=re.compile(r"licen[sc]e", re.IGNORECASE),
    ),
    hopeless(
        CODE,
        "[rlm] error initializing license",
        N_("Arnold has no licence: its licence system could not be started."),
        _ARNOLD,
    ),
    Rule(
        "watermark",
        "rendering with watermarks",
        N_("Arnold has no licence and draws watermarks over the pictures."),
        _ARNOLD,
        severity=Severity.WARNING,
        taints=True,
    ),
    # By itself no reason to stop: where Arnold may draw watermarks, it goes on after this.
    Rule(
        CODE,
        "license checkout error",
        N_("Arnold got no licence."),
        _ARNOLD,
        permanent=True,
        scope=Scope.JOB,
    ),
    Rule(
        CODE,
        "[clm",
        N_("Arnold's licence system reported an error: {text}."),
        _ARNOLD,
        pattern=re.compile(r"\[clm[^\]]*\] (?P<text>.*\berror\b.{0,200}?)\.?\s*$"),
        permanent=True,
        scope=Scope.JOB,
    ),
    hopeless(
        CODE,
        "maxon licensing error",
        N_("Redshift has no licence: {reason}."),
        _REDSHIFT,
        pattern=re.compile(r"Maxon licensing error:? *(?P<reason>.{1,200}?)\.?\s*$"),
    ),
    hopeless(
        CODE,
        "redshift",
        N_("Redshift has no licence: {reason}."),
        _REDSHIFT,
        pattern=re.compile(r"[Ll]icen[sc]\w* error:? *(?P<reason>.{1,200}?)\.?(?: *//)?\s*$"),
    ),
    hopeless(
        CODE,
        "could not obtain a license",
        N_("V-Ray got no licence."),
        _VRAY,
    ),
    hopeless(
        CODE,
        "{severe}",
        N_("RenderMan has no licence: {reason}."),
        _RENDERMAN,
        pattern=re.compile(r"\{SEVERE\}\s+(?P<reason>License\b.{0,200}?)\.?\s*$"),
    ),
    hopeless(CODE, "license was not obtained", N_("Maya got no licence."), _MAYA),
    hopeless(
        CODE,
        "flexlm error",
        N_("Maya got no licence: {reason}."),
        _MAYA,
        pattern=re.compile(r"FLEXlm error:? *(?P<reason>.{1,200}?)\.?\s*$", re.IGNORECASE),
    ),
    hopeless(
        CODE,
        "error encountered when initializing maya",
        N_("Maya could not start: most often it got no licence, or its preferences cannot be written."),
        N_(
            "Check the licence first; then that the disk has room and that the folder MAYA_APP_DIR may be "
            "written to."
        ),
    ),
    hopeless(
        CODE,
        "not get a license",
        N_("There is no licence: {text}."),
        _ANY,
        pattern=re.compile(r"(?P<text>\S.{0,200}not get a license.{0,200}?)\.?\s*$", re.IGNORECASE),
    ),
)
