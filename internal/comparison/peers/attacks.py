"""Attacks of foolbox, torchattacks and auto-attack on the network and the images that `prepare.ts` wrote.

    python attacks.py FOLDER ROWS.json OUT.json [--auto-attack CHECKOUT] [--only FAMILY ...]

A row names attacks of these libraries and their options; for each, one line of JSON: the share of the images that stay
right (fixed radius) or the median distance over all images (minimal distance, wrong images 0, failures infinite), the number of samples
that went through the network forward and backward, and seconds. One thread unless said otherwise, float32.
"""

import argparse
import json
import sys
import time

import numpy
import torch
from safetensors.torch import load_file


class Small(torch.nn.Module):
    """The preset `small` of the package model-vision, in NCHW."""

    def __init__(self, weights):
        super().__init__()
        to = lambda name, *axes: torch.nn.Parameter(weights[name].permute(*axes).contiguous(), requires_grad=False)
        self.conv1, self.conv2 = to("conv1.kernel", 3, 2, 0, 1), to("conv2.kernel", 3, 2, 0, 1)
        self.dense1, self.head = to("dense1.kernel", 1, 0), to("head.kernel", 1, 0)
        for name in ["conv1", "conv2", "dense1", "head"]:
            setattr(self, name + "_bias", torch.nn.Parameter(weights[name + ".bias"], requires_grad=False))

    def forward(self, x):
        y = torch.relu(torch.nn.functional.conv2d(x, self.conv1, self.conv1_bias, stride=2, padding=2))
        y = torch.relu(torch.nn.functional.conv2d(y, self.conv2, self.conv2_bias, stride=2, padding=1))
        y = y.permute(0, 2, 3, 1).reshape(len(x), -1)
        y = torch.relu(torch.nn.functional.linear(y, self.dense1, self.dense1_bias))
        return torch.nn.functional.linear(y, self.head, self.head_bias)


class Count(torch.autograd.Function):
    calls = {"forward": 0, "backward": 0}

    @staticmethod
    def forward(context, x):
        Count.calls["forward"] += len(x)
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        Count.calls["backward"] += len(gradient)
        return gradient


class Counted(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(Count.apply(x))


NORMS = {"linf": float("inf"), "l2": 2, "l1": 1, "l0": 0}


def distances(x, adversarial, norm):
    moves = (adversarial - x).flatten(1)
    return torch.linalg.vector_norm(moves, ord=NORMS[norm], dim=1)


def run_foolbox(model, x, labels, row, peer):
    import foolbox

    wrapped = foolbox.PyTorchModel(model, bounds=(0, 1))
    name, options = peer["attack"], dict(peer.get("options", {}))
    attack = getattr(foolbox.attacks, name)(**options)
    _, adversarial, _ = attack(wrapped, x, labels, epsilons=row.get("eps"))
    return adversarial


def run_torchattacks(model, x, labels, row, peer):
    import torchattacks

    options = dict(peer.get("options", {}))
    attack = getattr(torchattacks, peer["attack"])(model, **options)
    return attack(x, labels)


def run_auto_attack(model, x, labels, row, peer):
    from autoattack import AutoAttack

    names = {"linf": "Linf", "l2": "L2", "l1": "L1"}
    attack = AutoAttack(model, norm=names[row["norm"]], eps=row["eps"], version="custom", device="cpu", verbose=False, seed=1)
    attack.attacks_to_run = peer["attacks"]
    attack.apgd.n_restarts, attack.fab.n_restarts, attack.apgd_targeted.n_restarts = 1, 1, 1
    attack.apgd_targeted.n_target_classes = attack.fab.n_target_classes = 9
    for name, value in peer.get("options", {}).items():
        part, option = name.split(".")
        setattr(getattr(attack, part), option, value)
    return attack.run_standard_evaluation(x, labels, bs=500)


RUNNERS = {"foolbox": run_foolbox, "torchattacks": run_torchattacks, "auto-attack": run_auto_attack}


def measure(model, x, labels, row, peer):
    torch.manual_seed(1)
    numpy.random.seed(1)
    Count.calls.update(forward=0, backward=0)
    begun = time.perf_counter()
    adversarial = RUNNERS[peer["library"]](model, x, labels, row, peer).detach()
    seconds = time.perf_counter() - begun
    calls = dict(Count.calls)
    with torch.no_grad():
        clean, wrong = model(x).argmax(1) == labels, model(adversarial).argmax(1) != labels
    moved = distances(x, adversarial, row["norm"])
    result = {"family": row["family"], "norm": row["norm"], "library": peer["library"], "attack": peer["attack"],
              "n": len(x), "calls": calls, "seconds": seconds}
    if row.get("eps") is None:
        distance = torch.where(wrong, moved, torch.tensor(float("inf")))
        distance = torch.where(clean, distance, torch.tensor(0.0))
        median = float(torch.sort(distance).values[[(len(x) - 1) // 2, len(x) // 2]].mean())
        result["median"] = median if median < float("inf") else None
        result["failures"] = int((clean & ~wrong).sum())
    else:
        # A little slack for the rounding of float32, or an attack's success would count for nothing.
        broken = wrong & (moved <= row["eps"] * (1 + 1e-5) + 1e-4 * (row["norm"] == "l1"))
        result["robust"] = float((clean & ~broken).float().mean())
        result["largest"] = float(moved.max())
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("rows")
    parser.add_argument("out")
    parser.add_argument("--auto-attack")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.auto_attack:
        sys.path.insert(0, arguments.auto_attack)
    torch.set_num_threads(arguments.threads)
    model = Counted(Small(load_file(f"{arguments.folder}/model.safetensors"))).eval()
    images = load_file(f"{arguments.folder}/images.safetensors")
    x, labels = images["x"].permute(0, 3, 1, 2).contiguous(), images["labels"].long()
    results = []
    for row in json.load(open(arguments.rows)):
        if arguments.only and row["family"] not in arguments.only:
            continue
        for peer in row.get("peers", []):
            count = row.get("images", len(x))
            try:
                result = measure(model, x[:count], labels[:count], row, peer)
            except Exception as error:  # a peer that fails is a finding, not an end
                result = {"family": row["family"], "norm": row["norm"], "library": peer["library"], "attack": peer["attack"], "error": repr(error)[:200]}
            print(json.dumps(result), flush=True)
            results.append(result)
    json.dump(results, open(arguments.out, "w"), indent=1)


main()
