"""JAX: one jitted update with its buffers donated, and jitted vmap(grad)."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.bench.task import RATE, Describe, Statistics, Task, Update

jax.config.update("jax_enable_x64", True)


def start(task: Task) -> Any:
    return [(jnp.array(w), jnp.array(b)) for w, b in zip(task.weights, task.biases, strict=True)]


def sample_losses(task: Task, theta: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    """Losses of inputs (… × i) and targets (… × o), one for each row."""
    (w1, b1), (w2, b2) = theta
    if task.binary:
        z = jax.nn.sigmoid(x @ w1 + b1) @ w2 + b2
        return jnp.sum(jax.nn.softplus(z) - y * z, axis=-1)
    return -jnp.sum(y * jax.nn.log_softmax(jnp.tanh(x @ w1 + b1) @ w2 + b2), axis=-1)


def update(task: Task) -> Update:
    x, y, order = jnp.array(task.x), jnp.array(task.y), jnp.array(task.order)
    wrap = len(task.x) // task.batch * task.batch

    def mean_loss(theta: Any, batch_x: jax.Array, batch_y: jax.Array) -> jax.Array:
        return jnp.mean(sample_losses(task, theta, batch_x, batch_y))

    def next_state(state: Any, x: jax.Array, y: jax.Array, order: jax.Array) -> Any:
        """The place in the order is part of the state, so that no number has to travel into the function."""
        theta, place = state
        rows = jax.lax.dynamic_slice(order, (place,), (task.batch,))
        batch_x, batch_y = (array.at[rows].get(mode="promise_in_bounds") for array in (x, y))
        value, gradients = jax.value_and_grad(mean_loss)(theta, batch_x, batch_y)
        theta = jax.tree.map(lambda p, g: p - RATE * g, theta, gradients)
        return (theta, (place + task.batch) % wrap), value

    compiled = jax.jit(next_state, donate_argnums=0)
    state = (start(task), jnp.array(0))

    def step() -> float:
        nonlocal state
        state, value = compiled(state, x, y, order)
        return float(value)

    return step


def statistics(task: Task) -> Describe:
    theta, x, y = start(task), jnp.array(task.x[: task.batch]), jnp.array(task.y[: task.batch])

    def describe_batch(theta: Any, x: jax.Array, y: jax.Array) -> Any:
        gradient = jax.grad(lambda theta, x, y: sample_losses(task, theta, x, y))
        gradients = jax.tree.leaves(jax.vmap(gradient, in_axes=(None, 0, 0))(theta, x, y))
        squares = sum(jnp.sum(g.reshape(len(g), -1) ** 2, axis=1) for g in gradients)
        return jnp.sqrt(squares), [jnp.mean(g, axis=0) for g in gradients], [jnp.var(g, axis=0) for g in gradients]

    compiled = jax.jit(describe_batch).lower(theta, x, y).compile()

    def describe() -> Statistics:
        norms, means, variances = compiled(theta, x, y)
        return Statistics(np.asarray(norms), [np.asarray(m) for m in means], [np.asarray(v) for v in variances])

    return describe
