/** Windows logs that procedures write to, as their producers call them. */
export const logs = {
  sysmon: {
    channel: 'Microsoft-Windows-Sysmon/Operational',
    provider: 'Microsoft-Windows-Sysmon',
    guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
  },
  security: {
    channel: 'Security',
    provider: 'Microsoft-Windows-Security-Auditing',
    guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
  },
  system: {
    channel: 'System',
    provider: 'Service Control Manager',
    guid: '{555908d1-a6d7-4695-8e1e-26931d2012f4}',
  },
  powershell: {
    channel: 'Microsoft-Windows-PowerShell/Operational',
    provider: 'Microsoft-Windows-PowerShell',
    guid: '{a0c1853b-5c40-4b15-8766-3cf1c58f985a}',
  },
  lifecycle: {
    channel: 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
    provider: 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System',
    guid: '{bc0669e1-a10d-4a78-834e-1ca3c806c93b}',
  },
  codeintegrity: {
    channel: 'Microsoft-Windows-CodeIntegrity/Operational',
    provider: 'Microsoft-Windows-CodeIntegrity',
    guid: '{4ee76bd8-3cf4-44a0-a0ac-3937643e37a3}',
  },
} as const
