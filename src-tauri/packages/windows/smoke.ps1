# Installs a package without a question, starts the installed Vigie, hands on its failure, and removes it again.
param([Parameter(Mandatory)][string]$Package)
$ErrorActionPreference = 'Stop'

function Invoke-AndWait([string]$Program, [string[]]$Arguments) {
  $process = Start-Process $Program -ArgumentList $Arguments -PassThru -Wait
  if ($process.ExitCode -ne 0) { throw "$Program ended with $($process.ExitCode)." }
}

$isMsi = $Package.EndsWith('.msi')
if ($isMsi) {
  Invoke-AndWait 'msiexec.exe' '/i', "`"$Package`"", '/qn', '/norestart'
  $folder = Join-Path $env:ProgramFiles 'Vigie'
} else {
  Invoke-AndWait $Package '/S'
  $folder = Join-Path $env:LOCALAPPDATA 'Vigie'
}

& (Join-Path $folder 'vigie-cli.exe') --version
# A program with a window has no console: what it says is only had through a file.
$said = New-TemporaryFile
$vigie = Start-Process (Join-Path $folder 'vigie.exe') '--smoke-test' -PassThru -RedirectStandardOutput $said
# Held from the beginning, because the exit code is only told to who holds it.
$null = $vigie.Handle
if (-not $vigie.WaitForExit(600000)) { $vigie.Kill() }
Get-Content $said
if ($vigie.ExitCode -ne 0) { throw "Vigie ended with $($vigie.ExitCode)." }

if ($isMsi) {
  Invoke-AndWait 'msiexec.exe' '/x', "`"$Package`"", '/qn', '/norestart'
} else {
  Invoke-AndWait (Join-Path $folder 'uninstall.exe') '/S', "_?=$folder"
}
if (Test-Path (Join-Path $folder 'vigie.exe')) { throw 'Vigie is still there after it was removed.' }
