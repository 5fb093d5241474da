"""What a script trains, on what: the order of the samples, the model and its loss."""

from bptui.engine.activations import LEAK
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.training.settings import Settings

MODULES = {
    "identity": "",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky-relu": f"nn.LeakyReLU({LEAK})",
    "softplus": "nn.Softplus(threshold=700.0)",  # torch's own default is an approximation above 20
    "gelu": "nn.GELU()",
    "softmax": "nn.Softmax(dim=1)",
}
LOSS_LINES = {
    "half-squared-error": "0.5 * ((outputs - targets) ** 2).sum(dim=1)",
    "squared-error": "((outputs - targets) ** 2).sum(dim=1)",
    "mean-squared-error": "((outputs - targets) ** 2).mean(dim=1)",
    "binary-cross-entropy": "functional.binary_cross_entropy_with_logits("
    'outputs, targets, reduction="none").sum(dim=1)',
    "cross-entropy": 'functional.cross_entropy(outputs, targets, reduction="none")',
}
ORDERS = {
    "shuffle": "np.random.default_rng([SEED, 1, epoch]).permutation(count)",
    "replacement": "np.random.default_rng([SEED, 1, epoch]).integers(0, count, count)",
    "fixed": "np.arange(count)",
}
RANKS = '''
RANK, WORLD = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if CUDA else torch.device("cpu")


def own(places):
    """This rank's part of a batch: parts differ by at most one sample, none is repeated to fill them up."""
    return places.tensor_split(WORLD)[RANK]
'''


def batches(settings: Settings) -> str:
    """Which samples an epoch meets, batch by batch."""
    end = "count" if settings.last_batch == "keep" else "count - BATCH_SIZE + 1"
    return f'''
def batches(epoch, count):
    """The places of the samples of each batch of an epoch (from 1), drawn as bptui draws them."""
    places = torch.from_numpy({ORDERS[settings.order]})
    for start in range(0, {end}, BATCH_SIZE):
        yield places[start : start + BATCH_SIZE]
'''


def model(network: Network, settings: Settings, ddp: bool) -> str:
    """The layers, with the start weights laid into them."""
    architecture = network.architecture
    joined = LOSSES[settings.rules.loss].joined
    bias = ", bias=False" if architecture.bias == "none" else ""
    modules = []
    for layer, (inputs, units) in enumerate(zip(architecture.sizes, architecture.sizes[1:], strict=False), 1):
        name = architecture.activations[layer - 1]
        last = layer == architecture.layers
        modules.append(f"nn.Linear({inputs}, {units}{bias}),")
        if MODULES[name] and not (last and joined):
            modules.append(f"{MODULES[name]},")
    listed = "\n".join(f"        {module}" for module in modules)
    logits = f"  # its outputs are z: the loss has the {joined} in it\n" if joined else "\n"
    biases = {
        "trained": "            layer.bias.copy_(b)\n",
        "frozen": "            layer.bias.copy_(b)\n            layer.bias.requires_grad_(False)\n",
        "none": "",
    }[architecture.bias]
    pair = "w" if architecture.bias == "none" else "(w, b)"
    return f'''
def build():
    """The network with the start weights."""
    model = nn.Sequential({logits}{listed}
    )
    linear = [module for module in model if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for layer, {pair} in zip(linear, START):
            layer.weight.copy_(w.T)  # [from][to] here, [to][from] in PyTorch
{biases}    return model{".to(DEVICE)" if ddp else ""}
'''


def loss(settings: Settings) -> str:
    """The loss of each sample."""
    return f'''
def losses(outputs, targets):
    """One number a sample: {settings.rules.loss}."""
    return {LOSS_LINES[settings.rules.loss]}
'''
