/** Everybody in `agents` may run whatever there is, but not forward. */
export const ALLOW_ALL = `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: everything
      allow: { actions: [ssh.exec, ssh.exec.read, ssh.exec.write, ssh.env, ssh.shell, ssh.unknown, ssh.subsystem] }
`;
