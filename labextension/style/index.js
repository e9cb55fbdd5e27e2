import './base.css';
import './mounts.css';
import './shares.css';
import './changes.css';
import './findings.css';
import './packages.css';
