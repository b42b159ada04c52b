"""Which nodes and attributes of a scene are kept while reading; everything else is stepped over. Pure data.

Attributes are listed by their short and long name: Maya writes either (engines/maya.md sections 6 and 7).
Names of attributes that hold paths: as found in public scenes; those marked [O] are unproven, and at worst a
missing file is not noticed.
"""

FILE_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "file": ("ftn", "fileTextureName"),
    "psdFileTex": ("ftn", "fileTextureName"),
    "movie": ("ftn", "fileTextureName"),
    "mentalrayTexture": ("ftn", "fileTextureName"),
    "imagePlane": ("imn", "imageName"),
    "gpuCache": ("cfn", "cacheFileName"),
    "AlembicNode": ("fn", "abc_File"),
    "mayaUsdProxyShape": ("fp", "filePath"),  # short name [O]
    "aiImage": ("filename",),
    "aiStandIn": ("dso",),
    "aiVolume": ("filename",),
    "aiPhotometricLight": ("ai_filename", "aiFilename"),  # [O]
    "PxrTexture": ("filename",),
    "PxrMultiTexture": tuple(f"filename{number}" for number in range(10)),  # [O]
    "PxrNormalMap": ("filename",),  # [O]
    "PxrDomeLight": ("lightColorMap",),  # [O]
    "RedshiftNormalMap": ("tex0",),
    "RedshiftSprite": ("tex0",),  # [O]
    "RedshiftDomeLight": ("tex0", "tex1"),
    "RedshiftEnvironment": ("tex0", "tex1", "tex2", "tex3", "tex4"),  # [O]
    "RedshiftProxyMesh": ("fn", "fileName"),
    "RedshiftVolumeShape": ("fn", "fileName"),  # [O]
    "RedshiftIESLight": ("profile",),  # [O]
    "VRayMesh": ("fn2", "fileName2"),  # [O]
    "VRayLightIESShape": ("iesFile",),  # [O]
    "VRayPtex": ("ptexFile",),  # [O]
}
"""Types of nodes that read files, and the attributes that name them."""

SEQUENCE_ATTRIBUTES = ("ufe", "useFrameExtension", "uvt", "uvTilingMode")
CAMERAS = ("camera", "stereoRigCamera")

_OVERRIDE = ("atr", "attribute", "tgName", "targetNodeName", "atv", "attrValue", "mul", "multiply",
             "ofs", "offset")  # fmt: skip
_SETTINGS: dict[str, tuple[str, ...]] = {
    "aiAOVDriver": ("ai_translator", "aiTranslator"),
    "aiOptions": ("version",),
    "RedshiftOptions": (
        "imageFormat",
        "preRenderMel",
        "postRenderMel",
        "preRenderLayerMel",
        "postRenderLayerMel",
        "preRenderFrameMel",
        "postRenderFrameMel",
    ),
    "VRaySettingsNode": (
        *("wi", "width", "he", "height", "imgfs", "imageFormatStr", "fnprx", "fileNamePrefix"),
        "fileNamePadding",
    ),
}
"""Nodes of renderers with settings of their own."""

CREATED: dict[str, frozenset[str]] = {
    **{name: frozenset((*paths, *SEQUENCE_ATTRIBUTES)) for name, paths in FILE_ATTRIBUTES.items()},
    **{name: frozenset(("rnd", "renderable")) for name in CAMERAS},
    **{name: frozenset(attributes) for name, attributes in _SETTINGS.items()},
    "renderLayerManager": frozenset(),
    "renderLayer": frozenset(("rndr", "renderable", "g", "global")),
    "renderSetupLayer": frozenset(),
    "absUniqueOverride": frozenset(_OVERRIDE),
    "relUniqueOverride": frozenset(_OVERRIDE),
    "script": frozenset(
        ("b", "before", "a", "after", "st", "scriptType", "stp", "sourceType", "nts", "notes")
    ),
    "expression": frozenset(("ixp", "internalExpression", "exp", "expression")),
}
"""Types of nodes a scene creates to the attributes that are kept."""

SELECTED: dict[str, frozenset[str]] = {
    "time1": frozenset(("o", "outTime")),
    "defaultResolution": frozenset(("w", "width", "h", "height")),
    "defaultRenderGlobals": frozenset(
        (
            *("ren", "currentRenderer", "outf", "imageFormat", "imfkey", "imfPluginKey"),
            *("an", "animation", "fs", "startFrame", "ef", "endFrame", "bfs", "byFrameStep", "byFrame"),
            *("ep", "extensionPadding", "ofc", "outFormatControl", "oft", "outFormatExt"),
            *("pff", "putFrameBeforeExt", "peie", "periodInExt", "ifp", "imageFilePrefix"),
            *("pram", "preMel", "poam", "postMel", "prlm", "preRenderLayerMel"),
            *("polm", "postRenderLayerMel", "prm", "preRenderMel", "pom", "postRenderMel"),
        )
    ),
    "defaultArnoldDriver": frozenset(_SETTINGS["aiAOVDriver"]),
    "defaultArnoldRenderOptions": frozenset(_SETTINGS["aiOptions"]),
    "redshiftOptions": frozenset(_SETTINGS["RedshiftOptions"]),
    "vraySettings": frozenset(_SETTINGS["VRaySettingsNode"]),
}
"""Nodes that are there anyway, and the attributes that are kept when a scene changes them."""

MOST_OF_A_TYPE = 100_000
"""More nodes of one type than any scene has; further ones are stepped over."""

LONGEST_PATH = 16 << 10
LONGEST_SCRIPT = 4 << 20
"""Characters of a text that are kept; scripts are looked through as far as this."""


def longest_text(node_type: str) -> int:
    """Return how much of a node's texts is kept."""
    return LONGEST_SCRIPT if node_type in ("script", "expression") else LONGEST_PATH
