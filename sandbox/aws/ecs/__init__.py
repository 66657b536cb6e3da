"""The embedded ECS: Fargate's API, with tasks that run as processes of this machine.

=======================  =====================================================
server.py                EcsServer: what tests and the demo use
waiting.py               waiting for what the background thread does
application.py           the operations behind the protocol of sandbox.aws.json
operations.py            the operations by the protocol's names
cluster_operations.py    clusters
definition_operations.py task definitions
service_operations.py    services and their deployments
task_operations.py       tasks
checks.py                what ECS refuses in a request
paging.py                one page of a list
answers.py               clusters, definitions and tasks as ECS shows them
service_answers.py       services and deployments as ECS shows them
state.py                 all there is, and how a request's names find it
records.py               cluster, task definition, task
service_records.py       service, deployment, service deployment
scheduler.py             the background thread
service_scheduler.py     one service: start, stop, replace, complete, give up
rollouts.py              what begins, ends and rolls back a deployment
task_runner.py           one task: from PROVISIONING to STOPPED
secret_values.py         what ``secrets`` of a task definition resolve to
health.py                container health checks
process.py               one container's process
process_guard.py         ends the processes when this one was killed
ageing.py                time that passes
snapshot.py              a state to go back to
errors.py                ECS's errors in ECS's words
=======================  =====================================================

ECS's records are our own: moto's ECS keeps no service deployments, and its tasks have neither
the states nor the dates of tasks that run.

What differs from AWS: containers are processes without isolation; times are short; nothing is
load balanced, and only rolling updates are known; IAM is not asked; stopped tasks are kept for
good; a service of CodeDeploy runs tasks and shows no task sets, an external one has none; tags,
load balancers, placement and capacity providers are accepted and mostly not shown.
"""

from sandbox.aws.ecs.server import EcsServer

__all__ = ["EcsServer"]
