"""What an operator in Python asks: prints a line for each thing that went as it does with a real cluster."""
from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import stream

config.load_kube_config()
core, apps = client.CoreV1Api(), client.AppsV1Api()

core.create_namespaced_secret("default", {"metadata": {"name": "db"}, "stringData": {"p": "one"}})
container = {"name": "c", "image": "nginx", "envFrom": [{"secretRef": {"name": "db"}}]}
core.create_namespaced_pod("default", {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"containers": [container]}})
for event in watch.Watch().stream(core.list_namespaced_pod, "default", label_selector="app=web", timeout_seconds=20):
    if event["object"].status.phase == "Running":
        print("watched until it runs")
        break
print("lists", [pod.metadata.name for pod in core.list_namespaced_pod("default").items])
said = stream(core.connect_get_namespaced_pod_exec, "web", "default", command=["sh", "-c", "echo $p"], stdout=True, stderr=True, stdin=False, tty=False)
print("exec", said.strip())
core.patch_namespaced_secret("db", "default", {"stringData": {"p": "two"}})
print("patched", core.read_namespaced_secret("db", "default").data["p"])
try:
    core.create_namespaced_secret("default", {"metadata": {"name": "db"}})
except ApiException as refusal:
    print("refused", refusal.status, refusal.reason)
print("version", client.VersionApi().get_code().git_version.rsplit(".", 1)[0])
core.delete_namespaced_pod("web", "default", grace_period_seconds=0)
apps.create_namespaced_deployment("default", {"metadata": {"name": "d"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}})
print("ready", apps.read_namespaced_deployment_status("d", "default").status.ready_replicas)
