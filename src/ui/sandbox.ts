/** The scenario of `podsim play` without a file: what one types is all that happens. Its files are examples of the Secrets page. */
export const sandboxText = `title: A sandbox
description: >
  Two nodes and an empty cluster. : runs kubectl and shell lines; try "apply -f secret.yaml", then "apply -f pod.yaml", and press
  the arrow keys to see what comes. Files: secret.yaml, pod.yaml (a volume), env-pod.yaml (variables), mixed-pod.yaml (a volume, a subPath
  and a variable).
seed: sandbox
cluster: { nodes: 2 }
files:
  secret.yaml: |
    apiVersion: v1
    kind: Secret
    metadata:
      name: mysecret
    type: Opaque
    data:
      username: YWRtaW4=
      password: MWYyZDFlMmU2N2Rm
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata:
      name: mypod
    spec:
      containers:
      - name: mypod
        image: redis
        volumeMounts:
        - name: foo
          mountPath: "/etc/foo"
          readOnly: true
      volumes:
      - name: foo
        secret:
          secretName: mysecret
  env-pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata:
      name: secret-env-pod
    spec:
      containers:
      - name: mycontainer
        image: redis
        env:
        - name: SECRET_USERNAME
          valueFrom:
            secretKeyRef:
              name: mysecret
              key: username
        - name: SECRET_PASSWORD
          valueFrom:
            secretKeyRef:
              name: mysecret
              key: password
      restartPolicy: Never
  mixed-pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata:
      name: mixed
    spec:
      containers:
      - name: main
        image: redis
        env:
        - name: PASSWORD
          valueFrom: { secretKeyRef: { name: mysecret, key: password } }
        volumeMounts:
        - { name: foo, mountPath: /etc/whole, readOnly: true }
        - { name: foo, mountPath: /etc/one/password, subPath: password, readOnly: true }
      volumes:
      - name: foo
        secret: { secretName: mysecret }
steps:
  - say: >
      Two nodes, and nothing in the cluster yet. : runs a command, such as "apply -f secret.yaml" and "apply -f pod.yaml"; then the
      arrow keys show what came of it.
  - wait: 5m
`
