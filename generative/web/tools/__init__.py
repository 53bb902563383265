"""All tools, in the order of their tabs."""

from generative.web.base.tool import Tool
from generative.web.tools.arithmetic.tool import ArithmeticTool
from generative.web.tools.attention.tool import AttentionTool
from generative.web.tools.complete.tool import CompleteTool
from generative.web.tools.compose.tool import ComposeTool
from generative.web.tools.contrast.tool import ContrastTool
from generative.web.tools.critic.tool import CriticTool
from generative.web.tools.descend.tool import DescendTool
from generative.web.tools.draw.tool import DrawTool
from generative.web.tools.edit.tool import EditTool
from generative.web.tools.explore.tool import ExploreTool
from generative.web.tools.features.tool import FeaturesTool
from generative.web.tools.guidance.tool import GuidanceTool
from generative.web.tools.interpolate.tool import InterpolateTool
from generative.web.tools.landscape.tool import LandscapeTool
from generative.web.tools.likelihood.tool import LikelihoodTool
from generative.web.tools.mix.tool import MixTool
from generative.web.tools.noise.tool import NoiseTool
from generative.web.tools.paths.tool import PathsTool
from generative.web.tools.project.tool import ProjectTool
from generative.web.tools.reconstruct.tool import ReconstructTool
from generative.web.tools.restore.tool import RestoreTool
from generative.web.tools.samplers.tool import SamplersTool
from generative.web.tools.translate.tool import TranslateTool
from generative.web.tools.words.tool import WordsTool
from generative.web.tools.write.tool import WriteTool

TOOLS: dict[str, type[Tool]] = {
    "samples": DrawTool,
    "noise": NoiseTool,
    "samplers": SamplersTool,
    "paths": PathsTool,
    "guidance": GuidanceTool,
    "project": ProjectTool,
    "critic": CriticTool,
    "contrast": ContrastTool,
    "translates": TranslateTool,
    "mixes": MixTool,
    "reconstruct": ReconstructTool,
    "completes": CompleteTool,
    "edit": EditTool,
    "restore": RestoreTool,
    "scores": LikelihoodTool,
    "descends": DescendTool,
    "slopes": LandscapeTool,
    "composes": ComposeTool,
    "attends": AttentionTool,
    "listens": WordsTool,
    "writes": WriteTool,
    "interpolate": InterpolateTool,
    "arithmetic": ArithmeticTool,
    "explore": ExploreTool,
    "features": FeaturesTool,
}  # by name; each says the ability that a model needs for it
