/** A folder that agents may work in, with corners that they may not, and nothing else but looking. */
export const filesPolicies = (folder: string, more = '') => `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: files-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: transfers
      allow: { actions: [ssh.sftp.session] }
    - name: own-folder
      allow: { actions: ["ssh.sftp.*"], objects: ["${folder}/open", "${folder}/open/*"] }
    - name: looking
      allow: { actions: [ssh.sftp.list], objects: ["*"] }
    - name: secrets
      deny: { actions: ["ssh.sftp.*"], objects: ["${folder}/open/secret", "${folder}/open/secret/*"], message: "not for agents" }
    - name: reviewed
      hold: { actions: [ssh.sftp.write], objects: ["${folder}/open/held*"], approvers: [{ group: ops }], count: 1, timeout: 1m }
${more}`;
