/** Manifests in which nothing is wrong: the planted mistakes of planted.test.ts go into copies of them. */
export const goodTree: Readonly<Record<string, string>> = {
  'secrets.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: db
type: Opaque
data:
  user: YWRtaW4=
  password: czNjcmV0IHBhc3M=
---
apiVersion: v1
kind: Secret
metadata:
  name: web-tls
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUUKLS0tLS1FTkQgUFJJVkFURSBLRVktLS0tLQo=
---
apiVersion: v1
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: eyJhdXRocyI6eyJpbmRleC5kb2NrZXIuaW8iOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJwIn19fQ==
---
apiVersion: v1
kind: Secret
metadata:
  name: seed
stringData:
  salt: "a few words"
`,
  'web.yaml': `apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
data:
  level: info
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      serviceAccountName: web
      imagePullSecrets:
        - name: regcred
      securityContext:
        runAsUser: 1000
        fsGroup: 2000
      initContainers:
        - name: wait
          image: busybox
          command: [sh, -c, 'true']
          envFrom:
            - secretRef:
                name: seed
      containers:
        - name: app
          image: nginx
          resources:
            requests:
              cpu: 100m
          env:
            - name: DB_USER
              valueFrom:
                secretKeyRef:
                  name: db
                  key: user
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db
                  key: password
            - name: LEVEL
              valueFrom:
                configMapKeyRef:
                  name: web-config
                  key: level
          volumeMounts:
            - name: tls
              mountPath: /etc/tls
            - name: all
              mountPath: /etc/all
      volumes:
        - name: tls
          secret:
            secretName: web-tls
            defaultMode: 0400
            items:
              - key: tls.crt
                path: crt
              - key: tls.key
                path: key
        - name: all
          projected:
            sources:
              - secret:
                  name: seed
`,
  'jobs.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: busybox
          command: [sh, -c, 'cat /etc/db/password']
          volumeMounts:
            - name: db
              mountPath: /etc/db
      volumes:
        - name: db
          secret:
            secretName: db
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: busybox
              command: [sh, -c, 'true']
              envFrom:
                - secretRef:
                    name: seed
`,
  'rights.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [db]
    verbs: [get]
`,
}
