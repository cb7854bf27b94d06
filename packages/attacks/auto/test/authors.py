"""Writes authors.json: what the authors' AutoAttack code finds on a small network, from given starts.

    git clone https://github.com/fra31/auto-attack && PYTHONPATH=auto-attack python authors.py > authors.json

Commit a39220048b3c9f2cca9a4d3a54604793c68eca7e, float32, PyTorch 2 on one thread. Auto-PGD in l1 shrinks its radius as `decr_eps_pgd` does, from
the start that is given; FAB starts at the input.
"""

import json
import math
import sys

import torch
from autoattack import autopgd_base
from autoattack.fab_pt import FABAttack_PT

autopgd_base.check_zero_gradients = lambda *_, **__: None
torch.set_num_threads(1)
torch.manual_seed(3)
BATCH, SIDE, HIDDEN, CLASSES, STEPS = 4, 4, 8, 5, 30
SIZE = SIDE * SIDE
weights = {
    "kernel1": torch.randn(SIZE, HIDDEN) / 2,
    "bias1": torch.randn(HIDDEN) * 0.3,
    "kernel2": torch.randn(HIDDEN, CLASSES) / 2,
    "bias2": torch.randn(CLASSES) * 0.1,
}
x = torch.rand(BATCH, 1, SIDE, SIDE)
x = torch.where(torch.rand_like(x) < 0.3, torch.zeros_like(x), x)


def model(images):
    hidden = torch.tanh(images.flatten(1) @ weights["kernel1"] + weights["bias1"])
    return hidden @ weights["kernel2"] + weights["bias2"]


labels = model(x).argmax(1)


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{value:.8g}") for value in tensor.flatten().tolist()]}


def images(tensor):
    return plain(tensor.permute(0, 2, 3, 1))


def auto_pgd_l1(eps):
    start = x + torch.randn_like(x)
    attack = autopgd_base.APGDAttack(model, n_iter=STEPS, norm="L1", eps=eps, loss="ce", device="cpu")
    attack.init_hyperparam(x)
    steps = [math.ceil(0.3 * STEPS)] * 2
    at = start.clone()
    for factor, count in zip((3, 2, 1), [*steps, STEPS - sum(steps)]):
        attack.n_iter, attack.eps = count, factor * eps
        at = at + autopgd_base.L1_projection(x, at - x, factor * eps)
        at, _, loss, _ = attack.attack_single_run(x, labels, x_init=at)
    return {"eps": eps, "steps": STEPS, "start": images(start), "best": images(at), "bestLoss": plain(loss)}


def fab(norm, targeted):
    attack = FABAttack_PT(model, norm=norm, n_iter=STEPS, eps=1.0, targeted=targeted, device="cpu")
    attack.target_class = 2
    adversarial = attack.attack_single_run(x, labels, is_targeted=targeted)
    return {"norm": norm.lower(), "targeted": targeted, "steps": STEPS, "adversarial": images(adversarial)}


json.dump(
    {
        "weights": {name: plain(value) for name, value in weights.items()},
        "x": images(x),
        "labels": labels.tolist(),
        "autoPgdL1": [auto_pgd_l1(eps) for eps in (0.3, 0.8)],
        "fab": [fab(norm, targeted) for norm in ("Linf", "L2", "L1") for targeted in (True, False)],
    },
    sys.stdout,
)
