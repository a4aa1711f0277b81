#!/usr/bin/env pwsh
# Compiles the program when its sources changed, then runs it: ./build.ps1 --help
# As build.sh does: each compiled program has a folder of its own under artifacts/program, named by a hash of its sources.
$ErrorActionPreference = 'Stop'
$script = Get-Item -LiteralPath $PSCommandPath
while ($script.LinkType -eq 'SymbolicLink') {
    $script = Get-Item -LiteralPath ([IO.Path]::Combine($script.DirectoryName, @($script.Target)[0]))
}
$root = $script.DirectoryName
$env:FLYTE_MULTICLUSTER_ROOT = $root
$hostKind = if ($env:FrostingHost) { $env:FrostingHost } else { 'embedded' }
$programs = Join-Path $root 'artifacts/program'
$pointer = Join-Path $programs "ps-current-$hostKind"

function Stop-WithoutDotnet([string] $found) {
    [Console]::Error.WriteLine("The .NET 10 SDK is needed$found.")
    [Console]::Error.WriteLine('Install it from https://dot.net/download, or: winget install Microsoft.DotNet.SDK.10 | apt-get install dotnet-sdk-10.0 | brew install dotnet')
    exit 3
}

function Get-Sources {
    $paths = 'build', 'tasks', 'sandbox', 'Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json', 'nuget.config' |
        ForEach-Object { Join-Path $root $_ } | Where-Object { Test-Path $_ }
    Get-ChildItem -Path $paths -Recurse -File | Where-Object { $_.FullName -notmatch '[\\/](bin|obj)[\\/]' }
}

# Names, sizes and times: what was deleted or restored with an older time counts as well.
function Get-Id {
    $lines = Get-Sources | ForEach-Object { "$($_.FullName)|$($_.Length)|$($_.LastWriteTimeUtc.Ticks)" } | Sort-Object -CaseSensitive
    $bytes = [Text.Encoding]::UTF8.GetBytes(($lines -join "`n"))
    $sha = [Security.Cryptography.SHA256]::Create()
    try { $hash = $sha.ComputeHash($bytes) } finally { $sha.Dispose() }
    (-join ($hash[0..7] | ForEach-Object { $_.ToString('x2') })) + "-$($hostKind[0])-ps"
}

function Test-Fresh([string] $id) {
    (Test-Path $pointer) -and ((Get-Content $pointer -TotalCount 1) -eq $id) -and (Test-Path (Join-Path $programs "$id/flyte-multicluster.dll"))
}

# The file is locked as long as it is open: a process that is gone holds nothing.
function Enter-Lock {
    $limit = [DateTime]::UtcNow.AddMinutes(10)
    while ($true) {
        try { return [IO.File]::Open((Join-Path $programs 'ps-lock'), 'OpenOrCreate', 'ReadWrite', 'None') }
        catch [IO.IOException] {
            if ([DateTime]::UtcNow -gt $limit) { throw }
            Start-Sleep -Milliseconds 100
        }
    }
}

function Publish-Program([string] $folder, [string] $readyToRun) {
    Push-Location $root
    try { & dotnet msbuild build/compile/Compile.proj -nologo -v:q -m -nodeReuse:false "-p:Out=$folder" "-p:ReadyToRun=$readyToRun" *> (Join-Path $programs 'ps-log') }
    finally { Pop-Location }
    $LASTEXITCODE -eq 0
}

function Build-Program([string] $id) {
    $version = & { Push-Location $root; try { & dotnet --version 2>$null } finally { Pop-Location } }
    if (-not $version -or [int]("$version" -split '\.')[0] -lt 10) { Stop-WithoutDotnet "; there is $(if ($version) { $version } else { 'none' })" }
    [Console]::Error.WriteLine('Compiling (once; it takes about a minute) ...')
    $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
    $env:DOTNET_NOLOGO = '1'
    $log = Join-Path $programs 'ps-log'
    $new = Join-Path $programs 'ps-new'
    if (Test-Path $new) { Remove-Item $new -Recurse -Force }
    $built = Publish-Program $new 'true'
    if (-not $built -and (Select-String -Path $log -Pattern 'error (NU1|NETSDK1094)' -Quiet)) {
        [Console]::Error.WriteLine('ReadyToRun''s compiler could not be restored; compiling without it: the program starts slower.')
        $built = Publish-Program $new 'false'
    }
    if (-not $built) {
        if (Test-Path $new) { Remove-Item $new -Recurse -Force }
        $errors = Select-String -Path $log -Pattern '(^|: )error( |:)' | ForEach-Object { $_.Line -replace ' \[[^\]]*\]$', '' } | Sort-Object -Unique
        $(if ($errors) { $errors } else { Get-Content $log }) | ForEach-Object { [Console]::Error.WriteLine($_) }
        exit 1
    }
    Move-Item $new (Join-Path $programs $id)
}

# A folder that a process runs cannot be removed on Windows; it goes another time.
function Clear-Programs([string] $id) {
    Get-ChildItem $programs -Directory -Filter '*-ps' | Sort-Object LastWriteTimeUtc -Descending | Select-Object -Skip 2 |
        Where-Object { $_.Name -ne $id } | ForEach-Object { Remove-Item $_.FullName -Recurse -Force -ErrorAction SilentlyContinue }
}

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { Stop-WithoutDotnet ' and there is no dotnet on the PATH' }
$id = Get-Id
$writable = $true
if (-not (Test-Fresh $id)) {
    try {
        $probe = Join-Path $programs "writable.$PID"
        New-Item -ItemType Directory -Force $programs | Out-Null
        New-Item -ItemType File -Force $probe | Out-Null
        Remove-Item $probe
    }
    catch { $writable = $false; $problem = $_.Exception.Message }
}

# A read-only checkout: the program of these very sources, or at least the one that is there.
if (-not $writable -and -not (Test-Path (Join-Path $programs "$id/flyte-multicluster.dll"))) {
    $id = if (Test-Path $pointer) { Get-Content $pointer -TotalCount 1 } else { 'none' }
    if (-not (Test-Path (Join-Path $programs "$id/flyte-multicluster.dll"))) {
        [Console]::Error.WriteLine("There is no compiled program, and $programs cannot be written: $problem")
        [Console]::Error.WriteLine('Run ./build.ps1 once where the checkout can be written, or work in a copy of it.')
        exit 3
    }
    [Console]::Error.WriteLine("Running the program that was compiled from earlier sources, as $programs cannot be written: $problem")
}
if ($writable -and -not (Test-Fresh $id)) {
    $lock = Enter-Lock
    try {
        if (-not (Test-Fresh $id)) {
            if (-not (Test-Path (Join-Path $programs "$id/flyte-multicluster.dll"))) { Build-Program $id }
            Set-Content "$pointer.new" $id
            Move-Item "$pointer.new" $pointer -Force
            Clear-Programs $id
        }
    }
    finally { $lock.Dispose() }
}
& dotnet (Join-Path $programs "$id/flyte-multicluster.dll") @args
exit $LASTEXITCODE
