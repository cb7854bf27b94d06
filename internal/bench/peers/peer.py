"""The workloads of `npm run bench` in eager PyTorch on the CPU, float32: `peer.py WORKLOAD [--tuned] [--values N] [--threads 2]`.

Prints JSON lines with the fields of the command's own. `--tuned` is what somebody tries first who wants it faster on a CPU:
images and convolution weights in channels_last memory format and fused Adam; the command also starts it with
MALLOC_MMAP_MAX_=0 and MALLOC_TRIM_THRESHOLD_=2^34, so that freed memory is kept. Weights and data are random.
"""

import argparse
import importlib.metadata
import json
import os
import resource
import statistics
import subprocess
import sys
import time

SIDE = 28
BATCH = 64


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--values", type=int)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


OPTIONS = parse()
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(OPTIONS.threads)

FIRST_FORWARD = f"""
import torch
from torch import nn
torch.set_num_threads({OPTIONS.threads})
network = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10))
with torch.no_grad():
    print(network(torch.full((1, 1, 28, 28), 0.5)).sum().item(), flush=True)
"""

if OPTIONS.workload != "startup":
    import torch
    import torch.nn.functional as F
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(OPTIONS.threads)


# ------------------------------------------------------------------------------------------------ measuring


def processor_seconds():
    """Seconds that all processes used since the machine was started, and that this one and its ended children did."""
    try:
        with open("/proc/stat") as file:
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    except OSError:
        return None
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time() + children.ru_utime + children.ru_stime
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK"), own


def other_share(before, after, seconds):
    if before is None or after is None:
        return None
    others = (after[0] - before[0]) - (after[1] - before[1])
    return round(min(1.0, max(0.0, others) / seconds / os.cpu_count()), 3)


def measure(steps, values, warm_up, limit=float("inf")):
    """Wall times in seconds of steps that run in turn, {name: [...]}, and the share of the cores that others used."""
    values = OPTIONS.values or values
    for _ in range(warm_up):
        for step in steps.values():
            step()
    times = {name: [] for name in steps}
    before, start = processor_seconds(), time.perf_counter()
    for done in range(values):
        if done > 0 and time.perf_counter() - start > limit:
            break
        for name, step in steps.items():
            begin = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - begin)
    return times, other_share(before, processor_seconds(), time.perf_counter() - start)


def torch_version():
    return importlib.metadata.version("torch")


def emit(unit, values, other_cpu, case=None):
    short = lambda value: float(f"{value:.5g}")
    print(json.dumps({
        "workload": OPTIONS.workload, "backend": "pytorch", **({"case": case} if case else {}), "unit": unit,
        "median": short(statistics.median(values)), "min": short(min(values)), "max": short(max(values)), "n": len(values),
        "other_cpu": other_cpu, "details": {"threads": OPTIONS.threads, "tuned": OPTIONS.tuned, "version": torch_version()},
    }), flush=True)


def emit_times(unit, times, other_cpu):
    emit(unit, [seconds * 1e3 for seconds in times], other_cpu)


def emit_speed(operations, times, other_cpu, case):
    emit("GFLOP/s", [operations / 1e9 / seconds for seconds in times], other_cpu, case)


# ------------------------------------------------------------------------------------------------ what is measured


def laid_out(images_or_module):
    if not OPTIONS.tuned:
        return images_or_module
    return images_or_module.to(memory_format=torch.channels_last)


def matmul():
    for size in (512, 1024):
        a, b, c = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
        times, other = measure({"product": lambda: torch.mm(a, b, out=c)}, 60, 10)
        emit_speed(2 * size**3, times["product"], other, str(size))


def conv():
    for kernel in (3, 5):
        for channels in (16, 32, 64):
            convolution(kernel, channels)


def convolution(kernel, channels):
    pad = kernel // 2
    x, dy = (laid_out(torch.randn(BATCH, channels, 32, 32)) for _ in range(2))
    weight = laid_out(torch.randn(channels, channels, kernel, kernel))

    def backward(*which):
        parameters = ([0], [1, 1], [pad, pad], [1, 1], False, [0, 0], 1, which)
        return torch.ops.aten.convolution_backward(dy, x, weight, *parameters)

    steps = {
        "forward": lambda: F.conv2d(x, weight, padding=pad),
        "dx": lambda: backward(True, False, False),
        "dw": lambda: backward(False, True, False),
    }
    with torch.no_grad():
        times, other = measure(steps, 15, 3, limit=20)
    operations = 2 * BATCH * 32 * 32 * kernel**2 * channels**2
    for name in steps:
        emit_speed(operations, times[name], other, f"{kernel}x{kernel}, {channels} channels, {name}")


def mnist_network():
    """The embedding and the last layer of the network of Madry et al. for MNIST."""
    embedding = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(),
    )
    return laid_out(embedding), nn.Linear(1024, 10)


class Training:
    """A network, its optimizer, and batches that are made beforehand and served in turn."""

    def __init__(self, learning_rate=1e-3):
        self.embed, self.head = mnist_network()
        self.parameters = [*self.embed.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(self.parameters, lr=learning_rate, fused=OPTIONS.tuned or None)
        self.batches = [(laid_out(torch.rand(BATCH, 1, SIDE, SIDE)), torch.randint(10, (BATCH,))) for _ in range(4)]
        self.served = 0

    def batch(self):
        self.served += 1
        return self.batches[self.served % len(self.batches)]

    def loss(self, x, labels):
        return F.cross_entropy(self.head(self.embed(x)), labels)

    def update(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def cnn_train():
    training = Training()
    times, other = measure({"step": lambda: training.update(training.loss(*training.batch()))}, 40, 5)
    emit_times("ms/step", times["step"], other)


def fcl_step():
    """Feature Contrastive Learning: the utility's own forward pass, then clean images and two views as one batch."""
    training = Training()
    marked, sigma, temperature, relation_weight = round(0.1 * SIDE * SIDE), 0.2, 0.2, 0.5
    target = torch.zeros(BATCH, dtype=torch.long)

    def noisy(x, places):
        mask = torch.zeros(BATCH, SIDE * SIDE).scatter_(1, places, 1.0).view_as(x)
        return (x + mask * sigma * torch.randn_like(x)).clamp(0, 1)

    def views(x, labels):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(training.loss(x, labels), x)
        with torch.no_grad():
            order = gradient.abs().flatten(1).argsort(dim=1, descending=True)
            return noisy(x, order[:, :marked]), noisy(x, order[:, -marked:])

    def step():
        x, labels = training.batch()
        high, low = views(x, labels)
        embeddings = training.embed(torch.cat([x, low, high]))
        clean = embeddings[:BATCH]
        z, z_low, z_high = F.normalize(embeddings, dim=1).split(BATCH)
        scores = torch.cat([(z * z_low).sum(1, keepdim=True), z @ z_high.T], dim=1) / temperature
        training.update(F.cross_entropy(training.head(clean), labels) + relation_weight * F.cross_entropy(scores, target))

    times, other = measure({"step": step}, 15, 3)
    emit_times("ms/step", times["step"], other)


def pgd(network, x, labels, eps, step_size, steps):
    """Projected gradient descent in linf from a random start: the last iterate."""
    adversarial = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        adversarial.requires_grad_()
        (gradient,) = torch.autograd.grad(F.cross_entropy(network(adversarial), labels), adversarial)
        with torch.no_grad():
            adversarial = adversarial + step_size * gradient.sign()
            adversarial = torch.min(torch.max(adversarial, x - eps), x + eps).clamp(0, 1)
    return adversarial.detach()


def pgd_eval():
    steps = 20
    network = nn.Sequential(*mnist_network()).eval()
    x, labels = laid_out(torch.rand(100, 1, SIDE, SIDE)), torch.randint(10, (100,))
    times, other = measure({"attack": lambda: pgd(network, x, labels, 0.3, 0.03, steps)}, 5, 1)
    emit_times("ms/step", [seconds / steps for seconds in times["attack"]], other)


def adv_train():
    training = Training(learning_rate=1e-4)
    network = nn.Sequential(training.embed, training.head)

    def step():
        x, labels = training.batch()
        training.update(training.loss(pgd(network, x, labels, 0.3, 0.1, 7), labels))

    times, other = measure({"step": step}, 10, 2)
    emit_times("ms/step", times["step"], other)


def plb():
    """Inner iterations of the proximal log barrier in l2: three candidates of all images, or failing images until none fails."""
    count, outer, inner = 100, 3, 30
    step_size, first_weight, decay, mu, gamma = 0.1, 0.1, 0.75, 1.0, 0.05
    training = Training()
    network = nn.Sequential(training.embed, training.head)
    prototypes = F.interpolate(torch.rand(10, 1, 7, 7), size=SIDE, mode="bilinear", align_corners=False)
    images = lambda labels: laid_out((prototypes[labels] + 0.1 * torch.randn(len(labels), 1, SIDE, SIDE)).clamp(0, 1))
    for _ in range(40):
        labels = torch.randint(10, (BATCH,))
        training.update(training.loss(images(labels), labels))
    network.eval().requires_grad_(False)
    labels = torch.arange(count) % 10
    x = images(labels)

    def gap(u, labels=labels):
        """Positive where u is misclassified."""
        logits = network(u)
        own = logits.gather(1, labels[:, None]).squeeze(1)
        return logits.scatter(1, labels[:, None], -torch.inf).amax(1) - own

    def norm(difference):
        return difference.flatten(1).norm(dim=1).view(-1, 1, 1, 1)

    def starts():
        start, found = x.clone(), gap(x) > 0
        for draw in range(100):
            noisy = (x + 0.01 * 1.06**draw * torch.randn_like(x)).clamp(0, 1)
            hit = (gap(noisy) > 0) & ~found
            start[hit], found = noisy[hit], found | hit
        start[~found] = x.roll(-1, 0)[~found]
        return start

    def three_candidates(u, candidate):
        for _ in range(3):
            there = (gap(candidate) > 0).view(-1, 1, 1, 1)
            last, candidate = candidate, torch.where(there, candidate, gamma * candidate + (1 - gamma) * u)
        return torch.where(there, last, u)

    def failing_only(u, candidate):
        candidate, left = candidate.clone(), torch.arange(count)
        for _ in range(13):
            left = left[gap(candidate[left], labels[left]) <= 0]
            if len(left) == 0:
                return candidate
            candidate[left] = gamma * candidate[left] + (1 - gamma) * u[left]
        candidate[left] = u[left]
        return candidate

    def attack(search):
        u, best, nearest = start, start, norm(start - x)
        for iteration in range(outer * inner):
            at = u.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(-gap(at).clamp_min(1e-12).log().sum(), at)
            with torch.no_grad():
                difference = u - step_size * first_weight * decay ** (iteration // inner) * gradient - x
                u = search(u, (x + (1 - mu / norm(difference).clamp_min(mu)) * difference).clamp(0, 1))
                distance = norm(u - x)
                best, nearest = torch.where(distance < nearest, u, best), torch.minimum(distance, nearest)
        return best

    with torch.no_grad():
        start = starts()
    searches = {"three candidates": three_candidates, "until all are misclassified": failing_only}
    times, other = measure({name: (lambda search=search: attack(search)) for name, search in searches.items()}, 3, 1, limit=120)
    for name in searches:
        emit("ms/step", [seconds * 1e3 / (outer * inner) for seconds in times[name]], other, name)


def sensitivity():
    """Norms of the columns of the Jacobian of the embedding, 16 images."""
    from torch.func import jacrev, vmap

    embed, _ = mnist_network()
    embed.eval().requires_grad_(False)
    images = torch.rand(16, 1, SIDE, SIDE)
    jacobian = jacrev(lambda image: embed(image.unsqueeze(0)).squeeze(0), chunk_size=16)
    norms = vmap(lambda image: jacobian(image).square().sum(0).sqrt())
    times, other = measure({"norms": lambda: norms(images)}, 2, 0)
    emit_times("ms total", times["norms"], other)


def startup():
    def first_forward():
        begin = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-c", FIRST_FORWARD], stdout=subprocess.PIPE, text=True)
        float(child.stdout.readline())
        seconds.append(time.perf_counter() - begin)
        child.wait()

    seconds = []
    times, other = measure({"process": first_forward}, 5, 1)
    emit_times("ms total", seconds[-len(times["process"]):], other)


WORKLOADS = {
    "matmul": matmul, "conv": conv, "cnn-train": cnn_train, "pgd-eval": pgd_eval, "adv-train": adv_train, "fcl-step": fcl_step,
    "plb": plb, "sensitivity": sensitivity, "startup": startup,
}

WORKLOADS[OPTIONS.workload]()
